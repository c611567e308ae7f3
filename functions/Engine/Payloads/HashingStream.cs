using System.Security.Cryptography;

namespace FuncQueue.Engine.Payloads;

/// <summary>Appends what is read to a hash.</summary>
internal sealed class HashingStream(Stream inner, IncrementalHash hash) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        hash.AppendData(buffer.Span[..read]);
        return read;
    }
}
