namespace FuncQueue.Engine.Topics.Filters;

/// <summary>The filters that a message must be held against, each once.</summary>
internal sealed class Candidates(int filters)
{
    private readonly int[] found = new int[filters];
    private readonly int[] rounds = new int[filters];
    private int round;
    private int count;

    public ReadOnlySpan<int> Found => found.AsSpan(0, count);

    public void Clear()
    {
        count = 0;
        if (++round != int.MaxValue)
            return;
        Array.Clear(rounds);
        round = 1;
    }

    public void Add(List<int> filters)
    {
        foreach (var filter in filters)
            Add(filter);
    }

    public void Add(int filter)
    {
        if (rounds[filter] == round)
            return;
        rounds[filter] = round;
        found[count++] = filter;
    }
}
