using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Functions.Http;

namespace FuncQueue.Functions.Sqs;

/// <summary>Finds out who signed a request: AWS Signature Version 4, compared in constant time, within 15 minutes of this process's clock.</summary>
internal sealed class SignatureVerifier(SqsOptions options, TimeProvider time)
{
    /// <summary>How far the signer's clock may be off (the page of common errors: RequestExpired).</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    // Signed with when the key is unknown, so that finding that out takes as long as a wrong signature does.
    private static readonly string NoSecret = RandomNumberGenerator.GetHexString(40);

    /// <summary>The caller, or why it is none.</summary>
    public (SqsCaller? Caller, SqsError? Error) Verify(HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (options.IsOpen)
            return (SqsCaller.Unsigned, null);
        var (signature, malformed) = RequestSignature.Read(request);
        if (malformed is not null)
            return (null, malformed);
        if (signature is null)
            return options.Unsigned == UnsignedRequests.Always ? (SqsCaller.Unsigned, null) : (null, SqsErrors.MissingAuthentication);
        if (CheckScope(signature) is { } wrong)
            return (null, wrong);
        if (UnsignedHeader(request, signature) is { } header)
            return (null, SqsErrors.SignatureDoesNotMatch($"'{header}' must be a signed header."));
        var key = options.Keys.GetValueOrDefault(signature.Credential.KeyId);
        var secret = key?.Secret ?? NoSecret;
        // A proxy that hands requests on under a host of its own tells which one the caller named, and signed.
        var matches = Matches(secret, signature, CanonicalRequest.Create(request, request.Headers.Host.ToString(), signature, body))
            || (CallerAddress.ForwardedHost(request) is { } forwarded && Matches(secret, signature, CanonicalRequest.Create(request, forwarded, signature, body)));
        if (key is null)
            return (null, SqsErrors.UnknownKey);
        if (!matches)
        {
            return (null, SqsErrors.SignatureDoesNotMatch(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."));
        }

        // Only what is proved to be signed is worth being told the time.
        return CheckTime(signature) is { } expired ? (null, expired) : (key.Caller, null);
    }

    /// <summary>The signature as its maker computes it.</summary>
    public static string Sign(string secret, RequestSignature signature, string canonicalRequest)
    {
        var credential = signature.Credential;
        var toSign = $"{RequestSignature.Algorithm}\n{signature.Timestamp}\n{credential.Scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (ReadOnlySpan<string>)[credential.Date, credential.Region, credential.Service, credential.Terminator])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static bool Matches(string secret, RequestSignature signature, string canonicalRequest) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(secret, signature, canonicalRequest)), Encoding.ASCII.GetBytes(signature.Signature));

    private static SqsError? CheckScope(RequestSignature signature)
    {
        var credential = signature.Credential;
        if (credential.Service != CredentialScope.ExpectedService)
            return SqsErrors.SignatureDoesNotMatch($"Credential should be scoped to correct service: '{CredentialScope.ExpectedService}'.");
        if (credential.Terminator != CredentialScope.ExpectedTerminator)
            return SqsErrors.SignatureDoesNotMatch($"Credential should be scoped with a valid terminator: '{CredentialScope.ExpectedTerminator}'.");
        return signature.Timestamp.StartsWith(credential.Date, StringComparison.Ordinal) && credential.Date.Length == 8
            ? null
            : SqsErrors.SignatureDoesNotMatch("Date in Credential scope does not match the date of X-Amz-Date.");
    }

    /// <summary>A header that must be signed and is not: the host, and everything that only AWS protocols know, as the action.</summary>
    private static string? UnsignedHeader(HttpRequest request, RequestSignature signature)
    {
        if (!signature.SignedHeaders.Contains("host"))
            return "Host";
        return request.Headers.Keys.FirstOrDefault(name =>
            name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !signature.SignedHeaders.Contains(name.ToLowerInvariant()));
    }

    private SqsError? CheckTime(RequestSignature signature)
    {
        var now = time.GetUtcNow();
        if (signature.SignedAt - MaxSkew > now)
            return SqsErrors.RequestExpired($"Signature not yet current: {signature.Timestamp} is still later than {Text(now + MaxSkew)} ({Text(now)} + 15 min.)");
        if (signature.Expires is { } expires)
            return signature.SignedAt + expires >= now ? null : SqsErrors.RequestExpired($"Request has expired: it was good for {expires.TotalSeconds:0} seconds from {signature.Timestamp} on.");
        return signature.SignedAt + MaxSkew >= now
            ? null
            : SqsErrors.RequestExpired($"Signature expired: {signature.Timestamp} is now earlier than {Text(now - MaxSkew)} ({Text(now)} - 15 min.)");
    }

    private static string Text(DateTimeOffset instant) => instant.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
