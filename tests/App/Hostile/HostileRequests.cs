using System.Text;

namespace FuncQueue.App.Tests.Hostile;

/// <summary>A request as the fuzzer made it.</summary>
internal sealed record HostileRequest(
    string Method,
    string Url,
    IReadOnlyList<(string Name, string Value)> Headers,
    byte[]? Body,
    string? ContentType
)
{
    public HttpContent? Content()
    {
        if (Body is null)
            return null;
        var content = new ByteArrayContent(Body);
        if (ContentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        foreach (var (name, value) in Headers.Where(h => h.Name.StartsWith("Content-", StringComparison.Ordinal)))
            content.Headers.TryAddWithoutValidation(name, value);
        return content;
    }

    public override string ToString() =>
        $"{Method} {Shorten(Url)} {string.Join(' ', Headers.Select(h => $"{h.Name}: {Shorten(h.Value)};"))} {ContentType} "
        + $"{Shorten(Body is null ? "" : Encoding.Latin1.GetString(Body))}";

    private static string Shorten(string text) => text.Length > 300 ? text[..300] + "…" : text;
}

/// <summary>Makes requests for an operation of the OpenAPI document: as described, but for one part or several.</summary>
internal sealed class HostileRequests(
    OpenApiDocument document,
    Random random,
    IReadOnlyList<string> queues,
    Func<string> receipt,
    Func<string> messageId
)
{
    /// <summary>Makes a call wait; nothing to be tried here.</summary>
    private const string Wait = "waitSeconds";

    private static readonly string[] OtherHeaders =
    [
        "x-attribute-a",
        "x-attribute-",
        "X-ATTRIBUTE-A",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "traceparent",
        "tracestate",
        "Content-Encoding",
        "Accept",
        "Accept-Encoding",
        "Range",
        "Expect-CT",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-HTTP-Method-Override",
        "X-Original-URL",
        "Cookie",
        "Authorization",
        "X-Amz-Target",
        "X-Amz-Date",
        "x-functions-key",
    ];

    public HostileRequest Next(string path, string method)
    {
        var operation = document.Root["paths"]![path]![method]!;
        var parameters = operation["parameters"]?.AsArray().Select(p => document.Resolve(p)!.AsObject()).ToList() ?? [];
        var url = string.Join('/', path.Split('/').Select(s => s.StartsWith('{') ? Segment(s.Trim('{', '}'), method) : s));
        var query = parameters
            .Where(p => Text(p, "in") == "query" && random.Next(2) == 0)
            .Select(p => $"{Text(p, "name")}={Uri.EscapeDataString(ValueFor(p))}")
            .ToList();
        if (random.Next(6) == 0)
            query.Add($"{Escape(Pick(HostileValues.Texts))}={Escape(Pick(HostileValues.Texts))}");
        if (random.Next(10) == 0 && query.Count > 0)
            query.Add(query[0]);
        var headers = parameters
            .Where(p => Text(p, "in") == "header" && random.Next(3) == 0)
            .Select(p => (Text(p, "name"), ValueFor(p)))
            .ToList();
        if (random.Next(3) == 0)
            headers.Add((Pick(OtherHeaders), Pick(HostileValues.Texts)));
        headers.RemoveAll(h => !IsHeader(h));
        var body = method is "post" or "put" || random.Next(20) == 0 ? Body(operation["requestBody"]) : null;
        var contentType =
            body is null ? null
            : random.Next(5) > 0 ? "application/json"
            : Pick(HostileValues.ContentTypes);
        return new HostileRequest(
            method.ToUpperInvariant(),
            url + (query.Count == 0 ? "" : "?" + string.Join('&', query)),
            headers,
            body,
            contentType
        );
    }

    private string Segment(string name, string method) =>
        name switch
        {
            "queue" when random.Next(3) > 0 => Pick(queues),
            "messageId" when random.Next(2) > 0 => messageId(),
            // One level up from a scheduled message is the queue, which the others still need.
            _ => Escape(Pick(HostileValues.Texts)) is { Length: > 0 } text && !(method == "delete" && text == "..") ? text : "x",
        };

    private string ValueFor(JsonObject parameter)
    {
        var name = Text(parameter, "name");
        if (name == Wait)
            return random.Next(2) == 0 ? "0" : Pick(HostileValues.Numbers.Where(n => n is not ("1" or "00001")).ToList());
        return random.Next(4) switch
        {
            0 => Pick(HostileValues.Texts),
            1 => Pick(HostileValues.Instants),
            _ => Pick(HostileValues.Numbers),
        };
    }

    /// <summary>A body as described with something done to it, or something else altogether.</summary>
    private byte[] Body(JsonNode? described)
    {
        switch (random.Next(6))
        {
            case 0:
                return Encoding.UTF8.GetBytes(Pick(HostileValues.Json));
            case 1:
                var noise = new byte[random.Next(2000)];
                random.NextBytes(noise);
                return noise;
            default:
                var json =
                    described?["content"]?["application/json"]?["example"]?.DeepClone()
                    ?? JsonNode.Parse("""{"receipts":["x"],"delaySeconds":1,"reason":"r"}""")!;
                var text = Change(json).ToJsonString();
                var bytes = Encoding.UTF8.GetBytes(text);
                if (random.Next(4) == 0 && bytes.Length > 0)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return random.Next(10) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
        }
    }

    private JsonNode Change(JsonNode node)
    {
        if (random.Next(3) == 0)
        {
            switch (node)
            {
                case JsonObject { Count: > 0 } o:
                    var member = o.ElementAt(random.Next(o.Count)).Key;
                    o[member] = o[member] is { } inner && random.Next(2) == 0 ? Change(inner.DeepClone()) : Odd();
                    return o;
                case JsonArray { Count: > 0 } a:
                    a[random.Next(a.Count)] = Odd();
                    return a;
                default:
                    return Odd();
            }
        }

        if (node is JsonObject there)
        {
            if (there.ContainsKey("receipts"))
                there["receipts"] = new JsonArray([
                    .. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)(random.Next(2) == 0 ? receipt() : Mangled(receipt()))),
                ]);
            if (random.Next(4) == 0)
                there[Pick(HostileValues.Texts.Where(t => !t.Any(char.IsSurrogate)).ToList())] = Odd();
        }

        return node;
    }

    /// <summary>A receipt with something changed.</summary>
    private string Mangled(string text)
    {
        if (text.Length == 0)
            return "x";
        var at = random.Next(text.Length);
        return random.Next(3) switch
        {
            0 => text[..at],
            1 => text + (char)random.Next(32, 127),
            _ => text[..at] + (char)random.Next(32, 127) + text[(at + 1)..],
        };
    }

    private JsonNode Odd() =>
        random.Next(7) switch
        {
            0 => JsonValue.Create(Pick(HostileValues.Texts.Where(t => !t.Any(char.IsSurrogate)).ToList())),
            1 => JsonNode.Parse(Pick(["0", "-1", "1.5", "1e300", "9223372036854775808", "123456789012345678901234567890"]))!,
            2 => new JsonArray(),
            3 => new JsonObject(),
            4 => JsonValue.Create(true),
            5 => new JsonArray([.. Enumerable.Range(0, 200).Select(i => (JsonNode)i)]),
            _ => JsonValue.Create(new string('x', 20_000)),
        };

    private T Pick<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    /// <summary>In a URL: escaped, or, where that is possible, as it is.</summary>
    private string Escape(string text)
    {
        var plain = text.All(c =>
            c is > ' ' and < '\x7f' and not ('?' or '#' or '\\' or '/' or '"' or '<' or '>' or '^' or '`' or '{' or '|' or '}')
        );
        return plain && random.Next(2) == 0 && !text.Contains("..", StringComparison.Ordinal)
            ? text
            : Uri.EscapeDataString(text.Any(char.IsSurrogate) ? "\ufffd" : text);
    }

    private static bool IsHeader((string Name, string Value) header) => header.Value.All(c => c is >= ' ' and <= '\xff' and not '\x7f');

    private static string Text(JsonObject node, string name) => node[name]!.GetValue<string>();
}
