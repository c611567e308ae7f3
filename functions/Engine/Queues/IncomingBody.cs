using System.Buffers;
using FuncQueue.Engine.Payloads;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// The body of a new message on its way in. The beginning of a stream is read once and kept, so the call can be run again until the rest
/// of a long stream has been handed on.
/// </summary>
internal sealed class IncomingBody(MessageBody body) : IDisposable
{
    private byte[]? beginning;
    private int asked;
    private int length;
    private bool handedOn;

    /// <summary>Whether the whole body can still be had.</summary>
    public bool IsWhole => !handedOn;

    /// <summary>The body, if it fits its row; null: it is longer. Valid until this is disposed.</summary>
    public ValueTask<ReadOnlyMemory<byte>?> ReadShortAsync(CancellationToken cancellationToken) =>
        ReadUpToAsync(Limits.MaxInlineBodyBytes, cancellationToken);

    /// <summary>The body, if it is no longer than that; null: it is. Valid until this is disposed, or more is read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadUpToAsync(int most, CancellationToken cancellationToken)
    {
        if (body.Stream is not { } stream)
            return UpTo(body.Bytes, most);
        // One byte more tells whether there is more. What has not filled what it was to be read into was read to its end.
        if (asked < most + 1 && length == asked)
        {
            var more = ArrayPool<byte>.Shared.Rent(most + 1);
            if (beginning is not null)
            {
                beginning.AsSpan(0, length).CopyTo(more);
                ArrayPool<byte>.Shared.Return(beginning);
            }

            beginning = more;
            // Should the stream fail, it is neither whole nor read to its end.
            handedOn = true;
            length += await stream.ReadAtLeastAsync(
                beginning.AsMemory(length, most + 1 - length),
                most + 1 - length,
                throwOnEndOfStream: false,
                cancellationToken
            );
            handedOn = false;
            asked = most + 1;
        }

        return UpTo(beginning.AsMemory(0, length), most);
    }

    /// <summary>A body that does not fit its row, to be read once.</summary>
    public Stream OpenLong()
    {
        if (body.Stream is not { } rest)
            return new MemoryStream(body.Bytes.ToArray(), writable: false);
        if (handedOn)
            throw new InvalidOperationException("The body was read before, and cannot be read again.");
        handedOn = true;
        return new PrefixedStream(beginning.AsMemory(0, length), rest);
    }

    // A bare null would become an array, and that an empty memory.
    private static ReadOnlyMemory<byte>? UpTo(ReadOnlyMemory<byte> bytes, int most) =>
        bytes.Length <= most ? bytes : default(ReadOnlyMemory<byte>?);

    public void Dispose()
    {
        if (beginning is not null)
            ArrayPool<byte>.Shared.Return(beginning);
        beginning = null;
    }
}
