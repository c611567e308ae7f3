namespace FuncQueue.Engine.Payloads;

/// <summary>A body longer than the limit.</summary>
internal sealed class BodyTooLargeException : Exception
{
    public BodyTooLargeException()
        : base("The body is longer than the limit.") { }
}

/// <summary>Reads a body, counts its bytes, and refuses to go past a limit.</summary>
internal sealed class CountingStream(Stream inner, long limit) : ForwardStream
{
    private long count;

    /// <summary>Whether reading the body, and not what is done with it, has failed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public override long Length => count;

    public override long Position
    {
        get => count;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch
        {
            Failed = true;
            throw;
        }

        count += read;
        if (count <= limit)
            return read;
        Failed = true;
        throw new BodyTooLargeException();
    }
}
