using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>
/// Requests signed by hand, so that each part of the signature can be made wrong. Written from the description of Signature Version 4,
/// apart from the server's code.
/// </summary>
public sealed class SignedHttp(string endpoint)
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(120) };

    public string KeyId { get; init; } = "AKIDEXAMPLE";

    public string Secret { get; init; } = "tests-only/9fKc+7Qm2Xv0LhT3bE1uRz";

    public DateTimeOffset At { get; init; } = TimeProvider.System.GetUtcNow();

    public string Region { get; init; } = "eu-west-3";

    public string Service { get; init; } = "sqs";

    public string Terminator { get; init; } = "aws4_request";

    /// <summary>Headers that are sent and signed beside the usual ones.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>Headers that are sent but not signed.</summary>
    public Dictionary<string, string> Loose { get; init; } = [];

    /// <summary>Changes the finished request on its way.</summary>
    public Action<HttpRequestMessage>? Tamper { get; init; }

    /// <summary>The host that is signed, if it is another than the one connected to.</summary>
    public string? SignedHost { get; init; }

    private string Timestamp => At.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private string Scope => $"{Timestamp[..8]}/{Region}/{Service}/{Terminator}";

    /// <summary>An action in JSON.</summary>
    public Task<SqsReply> JsonAsync(string action, string json) =>
        SendAsync(HttpMethod.Post, "", json, "application/x-amz-json-1.0", ("X-Amz-Target", "AmazonSQS." + action));

    /// <summary>An action in the Query protocol.</summary>
    public Task<SqsReply> QueryAsync(string form) =>
        SendAsync(HttpMethod.Post, "", form, "application/x-www-form-urlencoded; charset=utf-8");

    public Task<SqsReply> SendAsync(
        HttpMethod method,
        string path,
        string body,
        string contentType,
        params (string Name, string Value)[] headers
    )
    {
        var uri = new Uri(endpoint + path);
        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = SignedHost ?? uri.Authority,
            ["x-amz-date"] = Timestamp,
            ["content-type"] = contentType,
        };
        foreach (var (name, value) in headers.Concat(Headers.Select(h => (h.Key, h.Value))))
            signed[name.ToLowerInvariant()] = value;
        var bytes = Encoding.UTF8.GetBytes(body);
        var signature = Sign(method, uri, signed, bytes);
        var request = new HttpRequestMessage(method, uri) { Content = new ByteArrayContent(bytes) };
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={KeyId}/{Scope}, SignedHeaders={string.Join(';', signed.Keys)}, Signature={signature}"
        );
        return RoundTripAsync(request, signed);
    }

    /// <summary>A request with its signature in the query.</summary>
    public Task<SqsReply> PresignedAsync(string query, TimeSpan? expires = null, HttpMethod? method = null, string body = "") =>
        RoundTripAsync(Presign(query, expires, method, body), new SortedDictionary<string, string>());

    public HttpRequestMessage Presign(string query, TimeSpan? expires = null, HttpMethod? method = null, string body = "")
    {
        var unsigned =
            $"{endpoint}?{query}&X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + $"&X-Amz-Credential={Uri.EscapeDataString($"{KeyId}/{Scope}")}&X-Amz-Date={Timestamp}"
            + $"&X-Amz-Expires={(expires ?? TimeSpan.FromMinutes(5)).TotalSeconds:0}&X-Amz-SignedHeaders=host";
        var uri = new Uri(unsigned);
        var bytes = Encoding.UTF8.GetBytes(body);
        var signature = Sign(method ?? HttpMethod.Get, uri, new SortedDictionary<string, string> { ["host"] = uri.Authority }, bytes);
        return new HttpRequestMessage(method ?? HttpMethod.Get, $"{unsigned}&X-Amz-Signature={signature}")
        {
            Content = bytes.Length == 0 ? null : new ByteArrayContent(bytes),
        };
    }

    private async Task<SqsReply> RoundTripAsync(HttpRequestMessage request, SortedDictionary<string, string> headers)
    {
        foreach (var (name, value) in headers.Concat(Loose))
        {
            if (name == "content-type")
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (name != "host")
                request.Headers.TryAddWithoutValidation(name, value);
        }

        Tamper?.Invoke(request);
        using (request)
        {
            using var response = await Client.SendAsync(request);
            return await SqsReply.ReadAsync(response);
        }
    }

    private string Sign(HttpMethod method, Uri uri, SortedDictionary<string, string> headers, byte[] body)
    {
        var query = uri
            .Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('=', 2))
            .Select(p =>
                $"{Uri.EscapeDataString(Uri.UnescapeDataString(p[0]))}={Uri.EscapeDataString(Uri.UnescapeDataString(p.Length > 1 ? p[1] : ""))}"
            )
            .Order(StringComparer.Ordinal);
        var canonical = string.Join(
            '\n',
            [
                method.Method,
                uri.AbsolutePath,
                string.Join('&', query),
                .. headers.Select(h => $"{h.Key}:{h.Value.Trim()}"),
                "",
                string.Join(';', headers.Keys),
                Hex(SHA256.HashData(body)),
            ]
        );
        var toSign = $"AWS4-HMAC-SHA256\n{Timestamp}\n{Scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = new[] { Timestamp[..8], Region, Service, Terminator }.Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + Secret),
            (k, part) => HMACSHA256.HashData(k, Encoding.UTF8.GetBytes(part))
        );
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
