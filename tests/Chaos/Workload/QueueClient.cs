using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>How a call went: who was asked, when, and what was answered.</summary>
internal sealed record Call(AppSlot Slot, DateTimeOffset Began, DateTimeOffset Ended, Ending Ending, JsonNode? Json, string? Code);

/// <summary>Calls the API and tells what is known of each call's outcome.</summary>
internal sealed class QueueClient(Recorder recorder)
{
    /// <summary>Longer than any process is stopped for, so that most answers come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, long> refusals = new();

    /// <summary>How often each of the expected refusals was answered.</summary>
    public IReadOnlyDictionary<string, long> Refusals => refusals;

    /// <summary>What an enqueue, a dequeue or a settlement may be answered at any time, whatever storage does.</summary>
    private static readonly HashSet<string> Expected = ["storage-unavailable", "storage-throttled", "overloaded", "outcome-unknown"];

    public Task<Call> PostJsonAsync(AppSlot slot, string url, JsonNode json, CancellationToken cancellationToken = default)
    {
        var content = new StringContent(json.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return SendAsync(slot, HttpMethod.Post, url, content, cancellationToken);
    }

    /// <summary>Asks one process. Cancelling is what a caller does who hangs up.</summary>
    public async Task<Call> SendAsync(
        AppSlot slot,
        HttpMethod method,
        string url,
        HttpContent? content = null,
        CancellationToken cancellationToken = default
    )
    {
        var began = TimeProvider.System.GetUtcNow();
        if (slot.Client is not { } client)
            return new Call(slot, began, began, Ending.Failed, null, null);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            // Content, if only an empty one, keeps HttpClient from repeating a request by itself.
            using var request = new HttpRequestMessage(method, url)
            {
                Content = content ?? (method == HttpMethod.Get ? null : new ByteArrayContent([])),
            };
            using var response = await client.SendAsync(request, patience.Token);
            var text = await response.Content.ReadAsStringAsync(patience.Token);
            var ended = TimeProvider.System.GetUtcNow();
            var json = text.Length == 0 ? null : JsonNode.Parse(text);
            if (response.IsSuccessStatusCode)
                return new Call(slot, began, ended, Ending.Ok, json, null);
            var code = json?["code"]?.GetValue<string>();
            if ((code == "queue-not-found" && QueueSpec.MayBeGone(url)) || QueueSpec.Foresees(code, url) || TopicSpec.Foresees(code, url))
                return new Call(slot, began, ended, Ending.Failed, json, code);
            if (code is null || !Expected.Contains(code))
                recorder.AddStrange($"{method} {url}: {(int)response.StatusCode} {text}");
            else if (response.Headers.RetryAfter is null)
                recorder.AddStrange($"{method} {url}: {(int)response.StatusCode} {code} without Retry-After");
            refusals.AddOrUpdate(code ?? "none", 1, (_, n) => n + 1);
            return new Call(
                slot,
                began,
                ended,
                code is null or "outcome-unknown" or "internal-error" ? Ending.Unknown : Ending.Failed,
                json,
                code
            );
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // Where nobody listens, nobody has heard.
            var refused =
                exception is HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } };
            return new Call(slot, began, TimeProvider.System.GetUtcNow(), refused ? Ending.Failed : Ending.Unknown, null, null);
        }
    }

    /// <summary>A body that lies elsewhere; null when it could not be had.</summary>
    public static async Task<byte[]?> ReadBodyAsync(AppSlot slot, string url)
    {
        if (slot.Client is not { } client)
            return null;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            // The link names the process that was asked; any process will do.
            using var response = await client.GetAsync(new Uri(url).PathAndQuery, patience.Token);
            return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsByteArrayAsync(patience.Token) : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
