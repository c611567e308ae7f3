using System.Text;

namespace FuncQueue.App.Tests.Support;

/// <summary>Calls the API, and holds every answer against the OpenAPI document.</summary>
public sealed class ApiClient(string address, string? key = null)
{
    private static readonly OpenApiDocument Document = OpenApiDocument.Load();
    private static int queues;

    private readonly HttpClient http = Client(address, key);

    public Uri Base => http.BaseAddress!;

    public HttpClient Http => http;

    /// <summary>The key that it shows; null: none.</summary>
    public string? Key => key;

    /// <summary>A client that shows the key, or the token, with every request.</summary>
    private static HttpClient Client(string address, string? key)
    {
        var client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(120) };
        if (key?.StartsWith("eyJ", StringComparison.Ordinal) == true)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + key);
        else if (key is not null)
            client.DefaultRequestHeaders.Add("x-functions-key", key);
        return client;
    }

    public async Task<Answer> SendAsync(
        HttpMethod method,
        string url,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        using var response = await http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var path = new Uri(http.BaseAddress!, url).AbsolutePath;
        Document
            .Check(
                method.Method,
                path,
                (int)response.StatusCode,
                response.Content.Headers.ContentType?.MediaType,
                name => response.Headers.Contains(name),
                bytes
            )
            .ShouldBeNull();
        return new Answer(response.StatusCode, bytes, response.Headers, response.Content.Headers);
    }

    public Task<Answer> GetAsync(string url) => SendAsync(HttpMethod.Get, url);

    public Task<Answer> DeleteAsync(string url) => SendAsync(HttpMethod.Delete, url);

    public Task<Answer> PostAsync(string url, string? json = null) => SendAsync(HttpMethod.Post, url, json is null ? null : Json(json));

    public Task<Answer> PutAsync(string url, string json = "{}", params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, url, Json(json), headers);

    /// <summary>A new queue; its path.</summary>
    public async Task<string> QueueAsync(string settings = "{}")
    {
        var path = $"/queues/test-{Environment.ProcessId}-{Interlocked.Increment(ref queues)}";
        (await PutAsync(path, settings)).Status.ShouldBe(HttpStatusCode.Created);
        return path;
    }

    public async Task<string> EnqueueAsync(
        string queue,
        byte[] body,
        string? contentType = null,
        params (string Name, string Value)[] headers
    )
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        var answer = await SendAsync(HttpMethod.Post, queue + "/messages", content, headers);
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Json["messageId"]!.GetValue<string>();
    }

    public Task<string> EnqueueAsync(string queue, string text) => EnqueueAsync(queue, Encoding.UTF8.GetBytes(text));

    public async Task<JsonArray> DequeueAsync(string queue, string query = "", string source = "messages")
    {
        var answer = await PostAsync($"{queue}/{source}/dequeue{query}");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json["messages"]!.AsArray();
    }

    /// <summary>A new FIFO queue; its path.</summary>
    public Task<string> FifoAsync(string settings = """{"type":"fifo"}""") => QueueAsync(settings);

    /// <summary>Enqueues into a group, one after the other; the sequence number of the last.</summary>
    public async Task<long> EnqueueInGroupAsync(string queue, string group, params string[] texts)
    {
        var number = 0L;
        foreach (var text in texts)
        {
            var answer = await SendAsync(HttpMethod.Post, $"{queue}/messages?groupId={group}", new StringContent(text));
            answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
            number = answer.Json["sequenceNumber"]!.GetValue<long>();
        }

        return number;
    }

    /// <summary>Settles one receipt; its status.</summary>
    public async Task<string> SettleAsync(string queue, string verb, JsonNode message, string more = "", string source = "messages")
    {
        var answer = await PostAsync(
            $"{queue}/{source}/{verb}",
            $$"""{"receipts":["{{message["receipt"]!.GetValue<string>()}}"]{{more}}}"""
        );
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json["results"]![0]!["status"]!.GetValue<string>();
    }

    public async Task<string> CountsAsync(string queue) => (await GetAsync(queue)).Json["counts"]!.ToJsonString();

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
