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
