using Microsoft.Extensions.Logging;

namespace FuncQueue.Client;

/// <summary>How a client reaches its server. Bound from configuration by <c>AddFuncQueue</c>.</summary>
public sealed class FuncQueueClientOptions
{
    /// <summary>Where the app is; what is configured may be overridden by the client's constructor.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>A key of the app (<c>fq_…</c>), sent as a bearer token; null or empty: none. A secret.</summary>
    public string? Key { get; set; }

    /// <summary>Gives the bearer token of each request, instead of <see cref="Key"/>.</summary>
    public Func<CancellationToken, ValueTask<string>>? TokenProvider { get; set; }

    /// <summary>How often a request that may be repeated is repeated. 0 to 20.</summary>
    public int MaxRetries { get; set; } = 6;

    /// <summary>The first pause before a repeat; it doubles each time, with jitter.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause before a repeat. What the server asks for by Retry-After counts up to here.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt of a request may take, beyond what a long poll waits. Streamed bodies have no limit.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The innermost handler, for proxies and tests; null: a <see cref="SocketsHttpHandler"/> of the client's own.</summary>
    public HttpMessageHandler? Handler { get; set; }

    /// <summary>The clock of all pauses, leases and timeouts.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Takes the log of processors; null: none.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    internal FuncQueueClientOptions With(string? key)
    {
        if (key is null)
            return this;
        var copy = (FuncQueueClientOptions)MemberwiseClone();
        copy.Key = key;
        return copy;
    }

    /// <exception cref="ArgumentException">An option cannot be.</exception>
    internal FuncQueueClientOptions Checked()
    {
        if (Key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException("A key has printable ASCII characters only, no spaces and no line breaks.");
        if (MaxRetries is < 0 or > 20)
            throw new ArgumentException("MaxRetries must be 0 to 20.");
        if (RetryDelay <= TimeSpan.Zero || MaxRetryDelay < RetryDelay)
            throw new ArgumentException("RetryDelay must be more than zero, and MaxRetryDelay no less than it.");
        if (AttemptTimeout < TimeSpan.FromSeconds(1))
            throw new ArgumentException("AttemptTimeout must be a second or more.");
        return this;
    }
}
