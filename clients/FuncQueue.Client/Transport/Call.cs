using System.Text.Json;

namespace FuncQueue.Client.Transport;

/// <summary>One request to the API.</summary>
internal sealed record Call(HttpMethod Method, string Path, Repetition Repetition)
{
    /// <summary>The body; null: none.</summary>
    public HttpContent? Content { get; init; }

    /// <summary>How long the server may wait before it answers.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Whether attempts have no limit of time, since bodies are streamed.</summary>
    public bool Unlimited { get; init; }

    /// <summary>Headers of this call.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static Call Get(string path) => new(HttpMethod.Get, path, Repetition.Always);

    public static Call Delete(string path) => new(HttpMethod.Delete, path, Repetition.Always);

    public static Call Post(string path, Repetition repetition, HttpContent? content = null) =>
        new(HttpMethod.Post, path, repetition) { Content = content };

    public static Call Put(string path, HttpContent content, string? ifMatch, bool create)
    {
        var condition =
            create ? KeyValuePair.Create("If-None-Match", "*")
            : ifMatch is not null ? KeyValuePair.Create("If-Match", ifMatch)
            : default;
        // On condition, a repeat finds what the first one made, and would be refused for it.
        return new(HttpMethod.Put, path, condition.Key is null ? Repetition.Always : Repetition.IfNothingHappened)
        {
            Content = content,
            Headers = condition.Key is null ? [] : [condition],
        };
    }

    /// <summary>A body of JSON, written by hand.</summary>
    public static HttpContent Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            write(writer);
        return new ReadOnlyMemoryContent(buffer.WrittenMemory) { Headers = { ContentType = new("application/json") } };
    }

    public HttpRequestMessage ToRequest(TimeSpan attemptTimeout)
    {
        var request = new HttpRequestMessage(Method, new Uri(Path, UriKind.Relative)) { Content = Content };
        request.Options.Set(AttemptHandler.Repetition, Repetition);
        if (!Unlimited)
            request.Options.Set(AttemptHandler.AttemptTimeout, attemptTimeout + Wait);
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
