namespace FuncQueue.Engine.Topics.Filters;

/// <summary>A message's routing key, in words. The empty key has none, as in RabbitMQ.</summary>
internal readonly ref struct RoutingKey
{
    private readonly ReadOnlySpan<char> text;
    private readonly ReadOnlySpan<Range> words;

    /// <param name="text">Null is the empty key.</param>
    /// <param name="places">Room for the words.</param>
    public RoutingKey(string? text, ref Range[] places)
    {
        this.text = text;
        if (string.IsNullOrEmpty(text))
            return;
        var count = 1 + this.text.Count('.');
        if (places.Length < count)
            places = new Range[count];
        words = places.AsSpan(0, this.text.Split(places, '.'));
    }

    public int Count => words.Length;

    public ReadOnlySpan<char> this[int word] => text[words[word]];
}
