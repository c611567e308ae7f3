namespace FuncQueue.Client.Tests.Support;

/// <summary>Between a client and its server: a test may answer itself, lose answers, or only look on.</summary>
internal sealed class Interference(HttpMessageHandler? inner = null) : DelegatingHandler(inner ?? new SocketsHttpHandler())
{
    private int count;

    public int Requests => Volatile.Read(ref count);

    /// <summary>Requests by path and query, in their order.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Before a request: an answer instead of the server's.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage?>>? Before { get; set; }

    /// <summary>After a request: whether its answer is lost.</summary>
    public Func<HttpRequestMessage, bool>? Lose { get; set; }

    public int CountOf(string part)
    {
        lock (Paths)
            return Paths.Count(path => path.Contains(part, StringComparison.Ordinal));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref count);
        lock (Paths)
            Paths.Add(request.RequestUri!.PathAndQuery);
        if (Before is { } before && await before(request, cancellationToken) is { } answer)
            return answer;
        var response = await base.SendAsync(request, cancellationToken);
        if (Lose?.Invoke(request) == true)
        {
            response.Dispose();
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer was lost.");
        }

        return response;
    }
}
