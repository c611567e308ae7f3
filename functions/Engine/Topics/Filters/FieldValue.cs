namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// What a message has in one field: the elements of an array, of arrays in it too, or one value. Values are leaves; of an object it
/// holds the fields that filters ask for, by slot.
/// </summary>
internal sealed class FieldValue
{
    private Leaf[] leaves = [];
    private int count;
    private List<FieldSet>? objects;

    public ReadOnlySpan<Leaf> Leaves => leaves.AsSpan(0, count);

    public IReadOnlyList<FieldSet> Objects => objects ?? (IReadOnlyList<FieldSet>)[];

    public void Add(in Leaf leaf)
    {
        if (count == leaves.Length)
            Array.Resize(ref leaves, Math.Max(1, count * 2));
        leaves[count++] = leaf;
    }

    public void Add(FieldSet fields) => (objects ??= []).Add(fields);
}
