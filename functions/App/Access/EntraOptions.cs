using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Access;

/// <summary>Whose Entra ID tokens are taken, from the configuration section <c>FuncQueueEntra</c>; nobody's unless it is set.</summary>
internal sealed record EntraOptions
{
    public const string Section = "FuncQueueEntra";

    /// <summary>That of Azure's public cloud.</summary>
    public const string DefaultAuthority = "https://login.microsoftonline.com";

    /// <summary>The directory whose tokens are taken; null: none are.</summary>
    public string? TenantId { get; init; }

    /// <summary>Whom a token must be for: one of these.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>Where the cloud signs people in, without a slash at the end.</summary>
    public string Authority { get; init; } = DefaultAuthority;

    /// <summary>Where the directory says who it is, and with which keys it signs.</summary>
    public string MetadataAddress => $"{Authority}/{TenantId}/v2.0/.well-known/openid-configuration";

    /// <summary>Who issues tokens of the older form, which applications are given unless they ask for the newer.</summary>
    public string FirstVersionIssuer => $"https://sts.windows.net/{TenantId}/";

    /// <summary>Reads and checks the settings; throws <see cref="ArgumentException"/> naming the first that is wrong.</summary>
    public static EntraOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var (tenant, audience) = (section[nameof(TenantId)], section["Audience"]);
        if (string.IsNullOrEmpty(tenant) && string.IsNullOrEmpty(audience))
            return new EntraOptions();
        if (string.IsNullOrEmpty(tenant) || !tenant.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
            throw Wrong(nameof(TenantId), "must be the id of a directory, beside an Audience");
        var audiences = (audience ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (audiences.Length == 0)
            throw Wrong("Audience", "must be whom tokens are for, as api://…, beside a TenantId");
        var authority = (section[nameof(Authority)] is { Length: > 0 } given ? given : DefaultAuthority).TrimEnd('/');
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var uri) || !IsSafe(uri))
            throw Wrong(nameof(Authority), "must be an https URL");
        return new EntraOptions
        {
            TenantId = tenant,
            Audiences = audiences,
            Authority = authority,
        };
    }

    /// <summary>Whoever could change what is said on the way there could sign in as anybody; on one machine there is no way.</summary>
    private static bool IsSafe(Uri uri) =>
        (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri is { Query: "", Fragment: "", UserInfo: "" };

    private static ArgumentException Wrong(string setting, string rule) => new($"The setting {Section}:{setting} {rule}.");
}
