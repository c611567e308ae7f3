using System.Net.Http.Headers;

namespace FuncQueue.Client.Transport;

/// <summary>Innermost, once for each attempt: the credential is fresh, and the instants are those of the attempt that succeeded.</summary>
internal sealed class AttemptHandler(FuncQueueClientOptions options, Func<TimeSpan> now, ServerClock clock) : DelegatingHandler
{
    /// <summary>When the attempt was sent, on our clock.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> SentAt = new("FuncQueue.SentAt");

    /// <summary>Whether an attempt before this one may have had its effect.</summary>
    public static readonly HttpRequestOptionsKey<bool> Uncertain = new("FuncQueue.Uncertain");

    /// <summary>When it may be sent once more.</summary>
    public static readonly HttpRequestOptionsKey<Repetition> Repetition = new("FuncQueue.Repetition");

    /// <summary>How long an attempt may take; none: no limit.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> AttemptTimeout = new("FuncQueue.AttemptTimeout");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = options.TokenProvider is { } provider ? await provider(cancellationToken).ConfigureAwait(false) : options.Key;
        if (!string.IsNullOrEmpty(token))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var sentAt = now();
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        request.Options.Set(SentAt, sentAt);
        if (response.Headers.Date is { } date)
            clock.Observe(sentAt, date);
        return response;
    }
}
