using Azure;
using FuncQueue.Engine.Deduplication;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>Deduplication keys found remembered beyond their windows, with the ETags of their rows: they are replaced.</summary>
internal sealed class EndedKeys
{
    private readonly Dictionary<DeduplicationKey, ETag> keys = [];

    public ETag? this[DeduplicationKey key] => keys.TryGetValue(key, out var etag) ? etag : null;

    public void Add(DeduplicationKey key, ETag etag) => keys[key] = etag;

    public void Remove(DeduplicationKey key) => keys.Remove(key);
}
