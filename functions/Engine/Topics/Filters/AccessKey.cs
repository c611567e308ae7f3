namespace FuncQueue.Engine.Topics.Filters;

internal enum AccessKind : byte
{
    Routing,
    Text,
    Folded,
    Number,
    Word,
    Present,
}

/// <summary>
/// Something that a message must have for a filter to match, by which the filter is found: a routing key of a pattern, a value of a
/// field, or any value of it. A filter is found by one set of keys, of which a message that it matches has one at least.
/// </summary>
/// <param name="Field">Null for routing keys.</param>
internal readonly record struct AccessKey(
    AccessKind Kind,
    FieldNode? Field,
    string? Text = null,
    ExactNumber Number = default,
    Word Word = default,
    RoutingPattern? Pattern = null
)
{
    /// <summary>The keys of a test that only some values can meet, or any value; none where a field without a value matches.</summary>
    public static AccessKey[]? Of(FieldNode field, ValueTest test)
    {
        if (test.Absent)
            return null;
        if (!test.IsEquality)
            return [new AccessKey(AccessKind.Present, field)];
        return
        [
            .. test.Texts.Select(text => new AccessKey(AccessKind.Text, field, text)),
            .. test.Folded.Select(text => new AccessKey(AccessKind.Folded, field, text.ToUpperInvariant())),
            .. test.Numbers.Select(number => new AccessKey(AccessKind.Number, field, Number: number)),
            .. test.Words.Select(word => new AccessKey(AccessKind.Word, field, Word: word)),
        ];
    }
}
