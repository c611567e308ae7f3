namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// The fields of an object that filters ask for, by slot: in an array where there are few, else those that the object has.
/// </summary>
/// <param name="slots">How many there are.</param>
internal sealed class FieldSet(int slots)
{
    private const int Few = 16;

    private FieldValue?[]? all;
    private Dictionary<int, FieldValue>? some;

    public FieldValue? this[int slot] => all is not null ? all[slot] : some?.GetValueOrDefault(slot);

    /// <summary>Of a field that was set before, this value counts.</summary>
    public void Set(int slot, FieldValue value)
    {
        if (slots <= Few)
            (all ??= new FieldValue?[slots])[slot] = value;
        else
            (some ??= [])[slot] = value;
    }

    /// <summary>Names the filters that the fields' values may make true.</summary>
    public void Find(FieldNode node, Candidates candidates)
    {
        for (var slot = 0; slot < (all?.Length ?? 0); slot++)
        {
            if (all![slot] is { } value)
                Find(node[slot], value, candidates);
        }

        foreach (var (slot, value) in some ?? [])
            Find(node[slot], value, candidates);
    }

    private static void Find(FieldNode node, FieldValue value, Candidates candidates)
    {
        node.Index?.Find(value, candidates);
        foreach (var inner in value.Objects)
            inner.Find(node, candidates);
    }
}
