using System.Net.Http.Headers;
using System.Text;

namespace FuncQueue.App.Tests.Support;

/// <summary>An answer, read.</summary>
public sealed record Answer(HttpStatusCode Status, byte[] Bytes, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonNode Json => JsonNode.Parse(Bytes)!;

    public string Text => Encoding.UTF8.GetString(Bytes);

    public string? Code => Json["code"]?.GetValue<string>();

    /// <summary>The fields that a problem complains of.</summary>
    public IReadOnlyList<string> Fields => [.. Json["errors"]!.AsArray().Select(e => e!["field"]!.GetValue<string>())];
}

/// <summary>Calls the API, and holds every answer against the OpenAPI document.</summary>
public sealed class ApiClient(string address, string? key = null)
{
    private static readonly OpenApiDocument Document = OpenApiDocument.Load();
    private static int queues;

    private readonly HttpClient http = new() { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(120) };

    public Uri Base => http.BaseAddress!;

    public HttpClient Http => http;

    public async Task<Answer> SendAsync(HttpMethod method, string url, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        if (key is not null)
            request.Headers.Add("x-functions-key", key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        using var response = await http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var path = new Uri(http.BaseAddress!, url).AbsolutePath;
        Document.Check(method.Method, path, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, name => response.Headers.Contains(name), bytes).ShouldBeNull();
        return new Answer(response.StatusCode, bytes, response.Headers, response.Content.Headers);
    }

    public Task<Answer> GetAsync(string url) => SendAsync(HttpMethod.Get, url);

    public Task<Answer> DeleteAsync(string url) => SendAsync(HttpMethod.Delete, url);

    public Task<Answer> PostAsync(string url, string? json = null) => SendAsync(HttpMethod.Post, url, json is null ? null : Json(json));

    public Task<Answer> PutAsync(string url, string json = "{}", params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, url, Json(json), headers);

    /// <summary>A new queue; its path.</summary>
    public async Task<string> QueueAsync(string settings = "{}")
    {
        var path = $"/queues/test-{Environment.ProcessId}-{Interlocked.Increment(ref queues)}";
        (await PutAsync(path, settings)).Status.ShouldBe(HttpStatusCode.Created);
        return path;
    }

    public async Task<string> EnqueueAsync(string queue, byte[] body, string? contentType = null, params (string Name, string Value)[] headers)
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
        var answer = await PostAsync($"{queue}/{source}/{verb}", $$"""{"receipts":["{{message["receipt"]!.GetValue<string>()}}"]{{more}}}""");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json["results"]![0]!["status"]!.GetValue<string>();
    }

    public async Task<string> CountsAsync(string queue) => (await GetAsync(queue)).Json["counts"]!.ToJsonString();

    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
