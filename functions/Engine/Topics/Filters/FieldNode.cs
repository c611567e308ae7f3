namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// The fields that filters ask for, as a tree of names, each with a slot in its parent. Grows while a matcher is made, is only read then.
/// </summary>
internal sealed class FieldNode
{
    private readonly Dictionary<string, int> slots = new(StringComparer.Ordinal);
    private readonly List<FieldNode> fields = [];
    private int longestName;

    public int Count => fields.Count;

    public FieldNode this[int slot] => fields[slot];

    /// <summary>What finds filters by this field's values; null where it finds none.</summary>
    public FieldIndex? Index { get; private set; }

    /// <summary>Whether this field or one below has an index.</summary>
    public bool HasIndexes => Index is not null || fields.Exists(f => f.HasIndexes);

    public int Add(string name)
    {
        if (slots.TryGetValue(name, out var slot))
            return slot;
        slot = fields.Count;
        slots.Add(name, slot);
        fields.Add(new FieldNode());
        longestName = Math.Max(longestName, name.Length);
        return slot;
    }

    /// <summary>−1 where no filter asks for a field of this name.</summary>
    public int SlotOf(string name) => slots.TryGetValue(name, out var slot) ? slot : -1;

    /// <summary>As of a string; of a name that is longer than all, only so much need be given that this shows.</summary>
    public int SlotOf(ReadOnlySpan<char> name) =>
        name.Length <= longestName && slots.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var slot) ? slot : -1;

    /// <summary>Whether names of so many bytes of UTF-8 may be known: a character takes three at most, escaped in JSON six.</summary>
    public bool MayKnow(int bytes) => bytes <= 6 * longestName;

    public FieldIndex MakeIndex() => Index ??= new FieldIndex();
}
