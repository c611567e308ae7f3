namespace FuncQueue.Engine.Payloads;

/// <summary>Bytes already read from a stream, followed by the rest of it.</summary>
/// <param name="ownsRest">Whether the rest is disposed with it.</param>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest, bool ownsRest = false) : ForwardStream
{
    private ReadOnlyMemory<byte> remaining = prefix;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (remaining.IsEmpty)
            return rest.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, remaining.Length);
        remaining[..count].CopyTo(buffer);
        remaining = remaining[count..];
        return ValueTask.FromResult(count);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsRest)
            rest.Dispose();
        base.Dispose(disposing);
    }
}
