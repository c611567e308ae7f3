using System.Net;
using System.Net.Http.Headers;

namespace FuncQueue.Chaos.Overload;

/// <summary>A request's body of so many bytes, made as it is sent; a caller may hang up before its end.</summary>
internal sealed class LargeBody : HttpContent
{
    private const int ChunkBytes = 64 * 1024;

    private readonly long length;
    private readonly long sent;

    public LargeBody(long length, long sent)
    {
        (this.length, this.sent) = (length, sent);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var chunk = new byte[ChunkBytes];
        for (long left = sent; left > 0; left -= ChunkBytes)
            await stream.WriteAsync(chunk.AsMemory(0, (int)Math.Min(left, ChunkBytes)), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        if (sent < length)
            throw new IOException("The caller hangs up.");
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
