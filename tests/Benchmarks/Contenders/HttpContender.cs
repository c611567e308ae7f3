using System.Net.Http.Headers;
using System.Text.Json;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>FuncQueue's HTTP API, as any client would call it. Against the bare server, only what that has.</summary>
internal sealed class HttpContender : IContender
{
    private static readonly MediaTypeHeaderValue Bytes = new("application/octet-stream");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly CountingHandler counting = new();
    private readonly HttpClient http;

    public HttpContender(string address, string? key = null)
    {
        http = new(counting) { BaseAddress = new Uri(address) };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    public StorageUse Use => counting.Use;

    public async Task CreateAsync(string queue)
    {
        using var answer = await http.PutAsync($"/queues/{queue}", With("{}"u8.ToArray(), Json));
        answer.EnsureSuccessStatusCode();
    }

    public async Task EnqueueAsync(string queue, ReadOnlyMemory<byte> body, string? group)
    {
        var to = $"/queues/{queue}/messages" + (group is null ? "" : $"?groupId={group}");
        using var answer = await http.PostAsync(to, With(body, Bytes));
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync();
    }

    public async Task EnqueueBatchAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> bodies)
    {
        using var answer = await http.PostAsync(
            $"/queues/{queue}/messages/batch",
            With(
                JsonSerializer.SerializeToUtf8Bytes(
                    new { messages = bodies.Select(b => new { bodyBase64 = Convert.ToBase64String(b.Span) }) }
                ),
                Json
            )
        );
        answer.EnsureSuccessStatusCode();
        using var results = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        foreach (var result in results.RootElement.GetProperty("results").EnumerateArray())
            result.GetProperty("messageId").GetGuid();
    }

    public async Task<IReadOnlyList<Taken>> DequeueAsync(string queue, int most, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsync(
            $"/queues/{queue}/messages/dequeue?maxMessages={most}&waitSeconds=20",
            null,
            cancellationToken
        );
        answer.EnsureSuccessStatusCode();
        using var json = await JsonDocument.ParseAsync(
            await answer.Content.ReadAsStreamAsync(cancellationToken),
            default,
            cancellationToken
        );
        return [.. json.RootElement.GetProperty("messages").EnumerateArray().Select(m => new Taken(m.GetProperty("receipt").GetString()!))];
    }

    public async Task AckAsync(string queue, Taken message)
    {
        using var answer = await http.PostAsync(
            $"/queues/{queue}/messages/ack",
            With(JsonSerializer.SerializeToUtf8Bytes(new { receipts = new[] { (string)message.Handle } }), Json)
        );
        answer.EnsureSuccessStatusCode();
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        if (json.RootElement.GetProperty("results")[0].GetProperty("status").GetString() is not "ok" and var status)
            throw new InvalidOperationException($"An ack was answered {status}.");
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ReadOnlyMemoryContent With(ReadOnlyMemory<byte> body, MediaTypeHeaderValue type)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = type;
        return content;
    }
}
