using System.Globalization;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sqs.SigV4;

/// <summary>The signature that a request carries, in its headers or in its query, as it was read: nothing is verified yet.</summary>
/// <param name="SignedAt">When it was made, by its maker's clock.</param>
/// <param name="Timestamp">The same as it was written, which is what was signed.</param>
/// <param name="Expires">How long a presigned request is good; null for one signed in its headers.</param>
internal sealed record RequestSignature(
    CredentialScope Credential,
    IReadOnlyList<string> SignedHeaders,
    string Signature,
    DateTimeOffset SignedAt,
    string Timestamp,
    TimeSpan? Expires
)
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Longest life of a presigned request: 7 days.</summary>
    private const int MaxExpiresSeconds = 604_800;

    private const string TimestampFormat = "yyyyMMdd'T'HHmmss'Z'";

    public bool IsPresigned => Expires is not null;

    /// <summary>The signature; null when the request has none. An error when it has one that is not well-formed.</summary>
    public static (RequestSignature? Signature, SqsError? Error) Read(HttpRequest request)
    {
        var query = request.Query;
        var header = request.Headers.Authorization;
        if (header.Count > 0 && query.ContainsKey("X-Amz-Algorithm"))
            return (null, SqsErrors.IncompleteSignature("The request is signed twice: in the Authorization header and in its query."));
        if (header.Count > 0)
            return ReadHeader(header.ToString(), request.Headers["X-Amz-Date"].ToString(), request.Headers.Date.ToString());
        return query.ContainsKey("X-Amz-Algorithm")
            ? Create(
                query["X-Amz-Algorithm"].ToString(),
                query["X-Amz-Credential"].ToString(),
                query["X-Amz-SignedHeaders"].ToString(),
                query["X-Amz-Signature"].ToString(),
                query["X-Amz-Date"].ToString(),
                query["X-Amz-Expires"].ToString()
            )
            : (null, null);
    }

    private static (RequestSignature?, SqsError?) ReadHeader(string header, string timestamp, string date)
    {
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in header[(space + 1)..].Split(',', StringSplitOptions.TrimEntries))
        {
            var split = part.IndexOf('=', StringComparison.Ordinal);
            if (split < 0 || !parts.TryAdd(part[..split], part[(split + 1)..]))
                return Incomplete("Authorization must have Credential, SignedHeaders and Signature, each once.");
        }

        if (parts.Count > 3)
            return Incomplete("Authorization must have Credential, SignedHeaders and Signature, and nothing else.");

        // The standard Date header serves where X-Amz-Date is missing.
        if (
            timestamp.Length == 0
            && DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        )
            timestamp = at.ToString(TimestampFormat, CultureInfo.InvariantCulture);
        return Create(
            space < 0 ? header : header[..space],
            parts.GetValueOrDefault("Credential", ""),
            parts.GetValueOrDefault("SignedHeaders", ""),
            parts.GetValueOrDefault("Signature", ""),
            timestamp,
            null
        );
    }

    private static (RequestSignature?, SqsError?) Create(
        string algorithm,
        string credential,
        string signedHeaders,
        string signature,
        string timestamp,
        string? expires
    )
    {
        if (algorithm != Algorithm)
            return Incomplete($"Requests are signed with {Algorithm}.");
        if (CredentialScope.Parse(credential) is not { } scope)
            return Incomplete("Credential must have exactly 5 slash-delimited elements: key, date, region, service, terminator.");
        var headers = signedHeaders.Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (headers.Length == 0 || !headers.SequenceEqual(headers.Select(h => h.ToLowerInvariant()).Order(StringComparer.Ordinal)))
            return Incomplete("SignedHeaders must be names of headers, in lower case and in order.");
        if (signature.Length != 64 || !signature.All(char.IsAsciiHexDigitLower))
            return Incomplete("Signature must be 64 hexadecimal digits in lower case.");
        if (
            !DateTimeOffset.TryParseExact(
                timestamp,
                TimestampFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var at
            )
        )
            return Incomplete("X-Amz-Date must be given in ISO 8601 basic format: 20260131T235959Z.");
        if (expires is null)
            return (new RequestSignature(scope, headers, signature, at, timestamp, null), null);
        return
            int.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 1 and <= MaxExpiresSeconds
            ? (new RequestSignature(scope, headers, signature, at, timestamp, TimeSpan.FromSeconds(seconds)), null)
            : Incomplete($"X-Amz-Expires must be 1 to {MaxExpiresSeconds} seconds.");
    }

    private static (RequestSignature?, SqsError?) Incomplete(string message) => (null, SqsErrors.IncompleteSignature(message));
}
