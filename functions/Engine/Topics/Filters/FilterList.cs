namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Filters that are found by one key: mostly one, which takes no room of its own. The default is none.</summary>
internal struct FilterList
{
    /// <summary>One more than the filter, so that 0 is none.</summary>
    private int first;
    private List<int>? more;

    public void Add(int filter)
    {
        if (first == 0)
            first = filter + 1;
        else
            (more ??= new List<int>(1)).Add(filter);
    }

    public readonly void AddTo(Candidates candidates)
    {
        if (first == 0)
            return;
        candidates.Add(first - 1);
        if (more is not null)
            candidates.Add(more);
    }
}
