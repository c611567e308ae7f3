namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>What an event is as a message.</summary>
internal sealed record EventContent(byte[] Data, string ContentType, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>Its attributes, and others beside them; of two of one name, its own counts.</summary>
    public IReadOnlyDictionary<string, string> With(IReadOnlyDictionary<string, string> others)
    {
        var all = new Dictionary<string, string>(others, StringComparer.Ordinal);
        foreach (var (name, value) in Attributes)
            all[name] = value;
        return all;
    }
}
