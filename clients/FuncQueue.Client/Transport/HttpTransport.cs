using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FuncQueue.Client.Json;
using Microsoft.Extensions.Http.Resilience;

namespace FuncQueue.Client.Transport;

/// <summary>Requests to one server, repeated where that is safe; failures are <see cref="FuncQueueException"/>s.</summary>
internal sealed class HttpTransport : IDisposable
{
    private readonly HttpClient http;
    private readonly Uri endpoint;
    private readonly TimeSpan attemptTimeout;
    private readonly long began;

    public HttpTransport(Uri endpoint, FuncQueueClientOptions options)
    {
        this.endpoint = endpoint;
        Time = options.TimeProvider;
        began = Time.GetTimestamp();
        attemptTimeout = options.AttemptTimeout;
        var innermost =
            options.Handler
            ?? new SocketsHttpHandler
            {
                // Names may come to mean other addresses; and a server that went away is noticed.
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                AutomaticDecompression = System.Net.DecompressionMethods.All,
            };
        var attempt = new AttemptHandler(options, () => Now, Clock) { InnerHandler = innermost };
        http = new HttpClient(new ResilienceHandler(Pipeline.Build(options)) { InnerHandler = attempt }, options.Handler is null)
        {
            BaseAddress = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + '/'),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd($"FuncQueue.Client/{typeof(HttpTransport).Assembly.GetName().Version?.ToString(3)}");
    }

    public TimeProvider Time { get; }

    public ServerClock Clock { get; } = new();

    /// <summary>Our clock: since this transport began. It never goes back.</summary>
    public TimeSpan Now => Time.GetElapsedTime(began);

    public async Task<Answer<T>> SendAsync<T>(Call call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = call.ToRequest(attemptTimeout);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var value =
            Read(bytes, type)
            ?? throw new FuncQueueException(FuncQueueErrorReason.Unknown, $"{endpoint} answered {(int)response.StatusCode} with nothing.");
        if (value is IVersioned versioned)
            versioned.ETag = response.Headers.ETag?.ToString();
        request.Options.TryGetValue(AttemptHandler.SentAt, out var sentAt);
        request.Options.TryGetValue(AttemptHandler.Uncertain, out var uncertain);
        return new(value, sentAt, Now, uncertain);
    }

    /// <summary>What a call asks for; null: the server says that it is not there.</summary>
    public async Task<T?> FindAsync<T>(Call call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return (await SendAsync(call, type, cancellationToken)).Value;
        }
        catch (FuncQueueException failure) when (IsGone(failure))
        {
            return null;
        }
    }

    /// <summary>A call without an answer worth reading.</summary>
    public async Task SendAsync(Call call, CancellationToken cancellationToken)
    {
        using var request = call.ToRequest(attemptTimeout);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    /// <summary>Removes something; false: it was not there. Where an attempt before may have removed it, it did.</summary>
    public async Task<bool> RemoveAsync(Call call, CancellationToken cancellationToken)
    {
        using var request = call.ToRequest(attemptTimeout);
        try
        {
            using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            return true;
        }
        catch (FuncQueueException failure) when (IsGone(failure))
        {
            return request.Options.TryGetValue(AttemptHandler.Uncertain, out var uncertain) && uncertain;
        }
    }

    /// <summary>The body of an answer as a stream, which the caller disposes; the answer goes with it.</summary>
    public async Task<Stream> OpenAsync(Call call, CancellationToken cancellationToken)
    {
        using var request = call.ToRequest(attemptTimeout);
        var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type) =>
        new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type)) { Headers = { ContentType = new("application/json") } };

    public void Dispose() => http.Dispose();

    /// <summary>Not there, which is another thing than a route that the server does not know, or another kind of server.</summary>
    private static bool IsGone(FuncQueueException failure) =>
        failure.Reason == FuncQueueErrorReason.MessageNotFound
        || (
            failure.Status == System.Net.HttpStatusCode.NotFound
            && failure.Reason is not (FuncQueueErrorReason.NotFound or FuncQueueErrorReason.Unknown)
        );

    private T? Read<T>(byte[] bytes, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException error)
        {
            throw new FuncQueueException(
                FuncQueueErrorReason.Unknown,
                $"{endpoint} answered with something else than FuncQueue's JSON.",
                error
            );
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        HttpCompletionOption completion,
        CancellationToken cancellationToken
    )
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, completion, cancellationToken);
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or TimeoutException or Polly.Timeout.TimeoutRejectedException)
        {
            throw Problems.ToException(error, endpoint);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await Problems.ToExceptionAsync(response, cancellationToken);
    }
}
