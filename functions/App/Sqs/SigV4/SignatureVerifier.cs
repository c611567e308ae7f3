using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Engine.Keys;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sqs.Access;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.SigV4;

/// <summary>
/// Finds out who signed a request: AWS Signature Version 4, compared in constant time, within 15 minutes of this process's clock.
/// </summary>
internal sealed class SignatureVerifier(SqsOptions options, KeyRing keys, Authorizer authorizer, TimeProvider time)
{
    /// <summary>How far the signer's clock may be off (the page of common errors: RequestExpired).</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    /// <summary>A key is looked for as it is known, then read again.</summary>
    private static readonly bool[] Readings = [false, true];

    // Signed with when the key is unknown, so that finding that out takes as long as a wrong signature does.
    private static readonly string NoSecret = RandomNumberGenerator.GetHexString(40);

    private static SqsError Mismatch { get; } =
        SqsErrors.SignatureDoesNotMatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                + "Access Key and signing method. Consult the service documentation for details."
        );

    /// <summary>The caller, or why it is none.</summary>
    /// <param name="service">The service that the request is for, which alone its signature is good for.</param>
    public async ValueTask<SqsSigner> VerifyAsync(
        HttpRequest request,
        ReadOnlyMemory<byte> body,
        AwsService service,
        CancellationToken cancellationToken
    )
    {
        if (options.IsOpen)
        {
            if (!(await keys.IsLockedAsync(cancellationToken)).TryGetValue(out var locked, out var failure))
                return Refused(SqsErrors.From(failure));
            if (!locked)
                return new SqsSigner(Caller.Anybody, null);
        }

        var (signature, malformed) = RequestSignature.Read(request);
        if (malformed is not null)
            return Refused(malformed);
        if (signature is null)
            return options.Unsigned == UnsignedRequests.Always
                ? new SqsSigner(Caller.Anybody, null)
                : Refused(SqsErrors.MissingAuthentication);
        if (CheckScope(signature, service) is { } wrong)
            return Refused(wrong);
        if (UnsignedHeader(request, signature) is { } header)
            return Refused(SqsErrors.SignatureDoesNotMatch($"'{header}' must be a signed header."));
        // A proxy that hands requests on under a host of its own tells which one the caller named, and signed.
        var signed = CallerAddress
            .Named(request)
            .Distinct()
            .Select(named => CanonicalRequest.Create(request, named.Host, named.Prefix, signature, body.Span))
            .ToList();
        var (caller, error) = await FindAsync(signature, signed, cancellationToken);
        if (caller is null)
            return Refused(error!);
        // Only what is proved to be signed is worth being told the time.
        return CheckTime(signature) is { } expired ? Refused(expired) : new SqsSigner(caller, null);
    }

    private static SqsSigner Refused(SqsError error) => new(null, error);

    /// <summary>Whose signature one of these requests has.</summary>
    private async ValueTask<SqsSigner> FindAsync(
        RequestSignature signature,
        IReadOnlyList<string> requests,
        CancellationToken cancellationToken
    )
    {
        var id = signature.Credential.KeyId;
        if (options.Keys.GetValueOrDefault(id) is { } configured)
            return Matches([configured.Secret], signature, requests) ? new SqsSigner(configured.Caller, null) : Refused(Mismatch);
        // A key that this process knows may have been replaced since.
        foreach (var anew in Readings)
        {
            if (!(await keys.FindNamedAsync(id, anew, cancellationToken)).TryGetValue(out var key, out var failure))
                return Refused(SqsErrors.From(failure));
            // With no key it takes as long as with one.
            var matches = Matches(key?.Texts ?? [NoSecret], signature, requests);
            if (key is null)
                return Refused(SqsErrors.UnknownKey);
            if (matches)
                return new SqsSigner(authorizer.CallerOf(key.Info), null);
        }

        return Refused(Mismatch);
    }

    /// <summary>The signature as its maker computes it.</summary>
    public static string Sign(string secret, RequestSignature signature, string canonicalRequest)
    {
        var credential = signature.Credential;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)));
        var toSign = $"{RequestSignature.Algorithm}\n{signature.Timestamp}\n{credential.Scope}\n{hash}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (ReadOnlySpan<string>)[credential.Date, credential.Region, credential.Service, credential.Terminator])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static bool Matches(IReadOnlyList<string> secrets, RequestSignature signature, IReadOnlyList<string> requests)
    {
        var matches = false;
        foreach (var secret in secrets)
        {
            foreach (var request in requests)
                matches |= Matches(secret, signature, request);
        }

        return matches;
    }

    private static bool Matches(string secret, RequestSignature signature, string canonicalRequest) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Sign(secret, signature, canonicalRequest)),
            Encoding.ASCII.GetBytes(signature.Signature)
        );

    private static SqsError? CheckScope(RequestSignature signature, AwsService service)
    {
        var credential = signature.Credential;
        if (credential.Service != service.Name)
            return SqsErrors.SignatureDoesNotMatch($"Credential should be scoped to correct service: '{service.Name}'.");
        if (credential.Terminator != CredentialScope.ExpectedTerminator)
            return SqsErrors.SignatureDoesNotMatch(
                $"Credential should be scoped with a valid terminator: '{CredentialScope.ExpectedTerminator}'."
            );
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
            name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !signature.SignedHeaders.Contains(name.ToLowerInvariant())
        );
    }

    private SqsError? CheckTime(RequestSignature signature)
    {
        var now = time.GetUtcNow();
        if (signature.SignedAt - MaxSkew > now)
            return SqsErrors.RequestExpired(
                $"Signature not yet current: {signature.Timestamp} is still later than {Text(now + MaxSkew)} ({Text(now)} + 15 min.)"
            );
        if (signature.Expires is { } expires)
            return signature.SignedAt + expires >= now
                ? null
                : SqsErrors.RequestExpired(
                    $"Request has expired: it was good for {expires.TotalSeconds:0} seconds from {signature.Timestamp} on."
                );
        return signature.SignedAt + MaxSkew >= now
            ? null
            : SqsErrors.RequestExpired(
                $"Signature expired: {signature.Timestamp} is now earlier than {Text(now - MaxSkew)} ({Text(now)} - 15 min.)"
            );
    }

    private static string Text(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
