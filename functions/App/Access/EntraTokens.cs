using FuncQueue.Engine;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FuncQueue.Functions.Access;

/// <summary>
/// Tells whose an Entra ID token is: signed by the directory's keys, for this deployment, in its time. Its app roles are its rights, on
/// everything.
/// </summary>
internal sealed class EntraTokens
{
    /// <summary>How far the directory's clock may be off.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What a token's rights are called; keys are made with keys.</summary>
    private static readonly Dictionary<string, Rights> Roles = new(StringComparer.Ordinal)
    {
        ["FuncQueue.Send"] = Rights.Send,
        ["FuncQueue.Receive"] = Rights.Receive,
        ["FuncQueue.Peek"] = Rights.Peek,
        ["FuncQueue.Inspect"] = Rights.Inspect,
        ["FuncQueue.Redrive"] = Rights.Redrive,
        ["FuncQueue.Manage"] = Rights.Manage,
    };

    private readonly TimeProvider time;
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? directory;
    private readonly TokenValidationParameters rules;

    public EntraTokens(EntraOptions options, TimeProvider time)
    {
        this.time = time;
        if (options.TenantId is not null)
        {
            directory = new ConfigurationManager<OpenIdConnectConfiguration>(
                options.MetadataAddress,
                new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever(new HttpClient { Timeout = Patience })
                {
                    RequireHttps = options.Authority.StartsWith(Uri.UriSchemeHttps + ":", StringComparison.OrdinalIgnoreCase),
                }
            );
        }

        rules = new TokenValidationParameters
        {
            // Keys, and the issuer of today's tokens, are those that the directory tells.
            ConfigurationManager = directory,
            ValidIssuers = options.Authority == EntraOptions.DefaultAuthority ? [options.FirstVersionIssuer] : [],
            ValidAudiences = options.Audiences,
            // A secret that is shared, or no key at all, proves nothing.
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256],
            RequireSignedTokens = true,
            TryAllIssuerSigningKeys = false,
            RequireExpirationTime = true,
            LifetimeValidator = IsInItsTime,
        };
    }

    /// <summary>Whether a credential is to be taken for a token of Entra ID, and not for a key.</summary>
    public bool MayBe(string credential) => directory is not null && handler.CanReadToken(credential);

    /// <summary>Whose the token is; <see cref="Caller.Nobody"/>: nobody's that is known.</summary>
    public async Task<Outcome<Caller>> IdentifyAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            // Known already, but for the first time and now and then.
            await directory!.GetConfigurationAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or IOException or TimeoutException)
        {
            return new Failure.IdentityUnavailable(TimeSpan.FromSeconds(5));
        }

        var result = await handler.ValidateTokenAsync(token, rules);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken valid)
            return Caller.Nobody;
        var rights = result
            .ClaimsIdentity.FindAll("roles")
            .Aggregate(Rights.None, (all, claim) => all | Roles.GetValueOrDefault(claim.Value, Rights.None));
        var id = result.ClaimsIdentity.FindFirst("oid") ?? result.ClaimsIdentity.FindFirst("sub");
        return new Caller($"entra:{NameOf(id?.Value)}", new Grant(rights, [ResourcePattern.Any]))
        {
            ExpiresAt = new DateTimeOffset(valid.ValidTo, TimeSpan.Zero),
        };
    }

    /// <summary>An id, which a directory makes of letters and digits, as logs can have it.</summary>
    private static string NameOf(string? id) =>
        id is { Length: > 0 and <= 128 } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? id : "(unnamed)";

    private bool IsInItsTime(DateTime? from, DateTime? until, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return until is { } end && now - Skew < end && (from is not { } beginning || beginning <= now + Skew);
    }
}
