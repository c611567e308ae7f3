using System.Security.Cryptography;
using System.Text;
using FuncQueue.Functions.Sqs.Protocol;
using Microsoft.AspNetCore.Http.Features;

namespace FuncQueue.Functions.Sqs.SigV4;

/// <summary>
/// A request in the one spelling that is signed (AWS Signature Version 4): method, path, query, headers, hash of the body.
/// </summary>
internal static class CanonicalRequest
{
    /// <param name="request">The request as it arrived here.</param>
    /// <param name="host">The host that its maker named.</param>
    /// <param name="prefix">What its maker wrote in front of the path, and a proxy took away.</param>
    /// <param name="signature">The signature that is to be compared.</param>
    /// <param name="body">The body as it came.</param>
    public static string Create(HttpRequest request, string host, string prefix, RequestSignature signature, ReadOnlySpan<byte> body)
    {
        var (path, query) = Target(request);
        var text = new StringBuilder(512);
        text.Append(request.Method).Append('\n');
        AppendPath(text, prefix + path);
        text.Append('\n');
        AppendQuery(text, query, signature.IsPresigned);
        text.Append('\n');
        foreach (var header in signature.SignedHeaders)
            text.Append(header).Append(':').Append(header == "host" ? host : ValueOf(request, header)).Append('\n');
        text.Append('\n').AppendJoin(';', signature.SignedHeaders).Append('\n');
        // Of the bytes that came, whatever a header says their hash is.
        text.Append(Convert.ToHexStringLower(SHA256.HashData(body)));
        return text.ToString();
    }

    /// <summary>The path and query as they came over the wire, still encoded.</summary>
    private static (string Path, string Query) Target(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!raw.StartsWith('/'))
        {
            // Absolute form, as sent to a proxy; or none, where a host tells only what it made of it.
            raw = Uri.TryCreate(raw, UriKind.Absolute, out var absolute)
                ? absolute.PathAndQuery
                : request.Path.ToUriComponent() + request.QueryString.Value;
        }

        var split = raw.IndexOf('?', StringComparison.Ordinal);
        return split < 0 ? (raw, "") : (raw[..split], raw[(split + 1)..]);
    }

    /// <summary>The path without empty and dot segments, each encoded once more than it was.</summary>
    private static void AppendPath(StringBuilder text, string path)
    {
        var segments = new List<string>();
        var parts = path.Split('/');
        foreach (var part in parts)
        {
            if (part == "..")
                segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
            else if (part is not ("" or "."))
                segments.Add(part);
        }

        foreach (var segment in segments)
            PercentEncoding.AppendEncoded(text.Append('/'), Encoding.UTF8.GetBytes(segment), keepSlash: false);
        if (segments.Count == 0 || parts[^1] is "" or "." or "..")
            text.Append('/');
    }

    private static void AppendQuery(StringBuilder text, string query, bool presigned)
    {
        var pairs = new List<(string Name, string Value)>();
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Reencode(split < 0 ? pair : pair[..split]);
            if (!presigned || name != "X-Amz-Signature")
                pairs.Add((name, split < 0 ? "" : Reencode(pair[(split + 1)..])));
        }

        pairs.Sort(
            (a, b) => string.CompareOrdinal(a.Name, b.Name) is var order && order != 0 ? order : string.CompareOrdinal(a.Value, b.Value)
        );
        text.AppendJoin('&', pairs.Select(p => $"{p.Name}={p.Value}"));
    }

    private static string Reencode(string text)
    {
        var encoded = Encoding.UTF8.GetBytes(text);
        var bytes = new byte[encoded.Length];
        // What is no percent-encoding stands for itself; its maker cannot have signed it otherwise.
        var length = encoded.Length;
        if (!PercentEncoding.TryDecode(encoded, plusIsSpace: false, bytes, out length))
            (bytes, length) = (encoded, encoded.Length);
        var result = new StringBuilder(length + 16);
        PercentEncoding.AppendEncoded(result, bytes.AsSpan(0, length), keepSlash: false);
        return result.ToString();
    }

    /// <summary>The values of a header, joined by commas, with runs of spaces as one.</summary>
    private static string ValueOf(HttpRequest request, string header) =>
        string.Join(
            ',',
            request.Headers[header].Select(value => string.Join(' ', (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        );
}
