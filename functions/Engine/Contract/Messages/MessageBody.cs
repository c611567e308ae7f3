namespace FuncQueue.Engine;

/// <summary>The bytes of a new message: in memory, or a stream that is read once and never held whole when it is long.</summary>
public sealed class MessageBody
{
    private MessageBody(ReadOnlyMemory<byte> bytes, Stream? stream)
    {
        Bytes = bytes;
        Stream = stream;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public Stream? Stream { get; }

    public static MessageBody FromBytes(ReadOnlyMemory<byte> bytes) => new(bytes, null);

    /// <summary>
    /// A body of unknown length; the stream stays the caller's to dispose. An <see cref="IOException"/> of the stream passes through.
    /// </summary>
    public static MessageBody FromStream(Stream stream) => new(default, stream ?? throw new ArgumentNullException(nameof(stream)));
}
