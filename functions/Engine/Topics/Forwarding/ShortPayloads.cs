using FuncQueue.Engine.Payloads;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>Those bodies in the blobs of a topic that are short enough for filters to look into them.</summary>
internal sealed class ShortPayloads(PayloadStore store, string topicTable)
{
    /// <summary>A body of this length; null when it is longer than <see cref="Limits.MaxFilteredBodyBytes"/>, or gone.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(int partition, Guid payload, long length, CancellationToken cancellationToken)
    {
        if (length > Limits.MaxFilteredBodyBytes)
            return null;
        await using var body = await store.OpenAsync(topicTable, partition, payload, cancellationToken);
        if (body is null)
            return null;
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
