namespace FuncQueue.Engine;

/// <summary>A body opened for reading; dispose it.</summary>
public sealed record OpenedBody(Stream Content, long Length, string ContentType) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
