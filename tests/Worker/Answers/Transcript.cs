using System.Text;
using System.Text.RegularExpressions;

namespace FuncQueue.Worker.Tests.Answers;

/// <summary>What one host answered to the table's requests, without ids, receipts and times.</summary>
internal sealed partial class Transcript(Uri address, string? key)
{
    private const string Varying = "«varies»";

    private static readonly OpenApiDocument Document = OpenApiDocument.Load();

    // Of the connection or of the server, and none of the app's.
    private static readonly HashSet<string> Others = new(
        ["Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length"],
        StringComparer.OrdinalIgnoreCase
    );

    private static readonly HashSet<string> Ids = new(
        [
            "messageId",
            "receipt",
            "token",
            "key",
            "continuation",
            "etag",
            "MessageId",
            "SequenceNumber",
            "sequenceNumber",
            "RequestId",
            "exampleMessageId",
            "leasedBy",
        ],
        StringComparer.Ordinal
    );

    private readonly HttpClient http = new ApiClient(address.AbsoluteUri, key).Http;
    private readonly Dictionary<string, string> kept = [];

    /// <summary>The answer to one request: status, headers in order, body.</summary>
    public async Task<string> AnswerAsync(Asked step)
    {
        using var request = new HttpRequestMessage(new HttpMethod(step.Method), Fill(step.Url));
        if (step.Body is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body == "[example]" ? Example(step) : Fill(body)));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", step.ContentType ?? "application/json");
        }

        foreach (var header in step.Headers.GroupBy(h => h.Name, h => Fill(h.Value)))
            request.Headers.TryAddWithoutValidation(header.Key, header).ShouldBeTrue();
        using var response = await http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        foreach (var (name, path) in step.Keep)
            kept[name] =
                Find(JsonNode.Parse(bytes)!, path)
                ?? throw new InvalidOperationException($"{step} was answered without {path}: {Encoding.UTF8.GetString(bytes)}");
        return $"{(int)response.StatusCode}\n{Headers(response)}\n{Body(response, bytes)}";
    }

    private static string Example(Asked step) =>
        Document.Root["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(o => o.Value!))
            .Single(o => o["operationId"]!.GetValue<string>() == step.Operation)["requestBody"]!["content"]!["application/json"]![
            "example"
        ]!.ToJsonString();

    private static string? Find(JsonNode node, string path)
    {
        var at = (JsonNode?)node;
        foreach (Match part in Part().Matches(path))
            at =
                part.Value[0] == '['
                    ? at?[int.Parse(part.Value.AsSpan()[1..^1], System.Globalization.CultureInfo.InvariantCulture)]
                    : at?[part.Value];
        return at?.GetValue<string>();
    }

    private string Fill(string text) =>
        kept.Aggregate(text, (filled, value) => filled.Replace($"[{value.Key}]", value.Value, StringComparison.Ordinal));

    private static string Headers(HttpResponseMessage response) =>
        string.Join(
            '\n',
            response
                .Headers.Concat(response.Content.Headers)
                .Where(h => !Others.Contains(h.Key))
                .OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase)
                .Select(h => $"{h.Key}: {(h.Key is "ETag" or "x-amzn-RequestId" or "x-amz-crc32" ? Varying : string.Join(", ", h.Value))}")
        );

    private string Body(HttpResponseMessage response, byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        // A message's body is of the type that its sender said, whatever it is.
        if (response.Content.Headers.ContentType?.MediaType?.Contains("json", StringComparison.Ordinal) == true && text is ['{' or '[', ..])
        {
            var json = JsonNode.Parse(text)!;
            Blank(json);
            text = json.ToJsonString();
        }

        return XmlId()
            .Replace(text, match => $"<{match.Groups["name"]}>{Varying}<")
            .Replace(address.Authority, "HOST", StringComparison.Ordinal);
    }

    private void Blank(JsonNode node)
    {
        if (node is JsonArray array)
        {
            foreach (var element in array.OfType<JsonNode>())
                Blank(element);
        }

        if (node is not JsonObject members)
            return;
        foreach (var (name, value) in members.ToList())
        {
            // Whether a sweep has come by in between is the timer's affair.
            if (name == "samples")
                members[name] = Varying;
            else if (value is JsonObject or JsonArray)
                Blank(value);
            else if (
                value is not null
                && (
                    Ids.Contains(name)
                    || name is "at"
                    || name.EndsWith("At", StringComparison.Ordinal)
                    || name == "asOf"
                    || name.EndsWith("AgeSeconds", StringComparison.Ordinal)
                )
            )
                members[name] = Varying;
            else if (name == "traceparent" && value is not null && value.GetValue<string>() != AskedTable.TraceParent)
                members[name] = Varying;
            else if (name == "bodyUrl" && value is not null)
                members[name] = Id().Replace(value.GetValue<string>(), Varying);
        }
    }

    [GeneratedRegex(@"\[\d+\]|[^.\[\]]+")]
    private static partial Regex Part();

    [GeneratedRegex("<(?<name>MessageId|RequestId|ReceiptHandle|SequenceNumber)>[^<]*<")]
    private static partial Regex XmlId();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Id();
}
