namespace FuncQueue.Benchmarks.Contenders;

/// <summary>Counts the requests that a client sends over HTTP.</summary>
internal sealed class CountingHandler()
    : DelegatingHandler(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5) })
{
    private long requests;

    public StorageUse Use => new(Interlocked.Read(ref requests), 0, 0);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref requests);
        return base.SendAsync(request, cancellationToken);
    }
}
