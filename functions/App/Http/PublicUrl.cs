using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Http;

/// <summary>
/// Where callers reach this app, if that is configured. The Functions host overwrites the <c>X-Forwarded-</c> headers of a proxy in front
/// of it, so that behind one the app cannot find this out by itself.
/// </summary>
internal sealed class PublicUrl
{
    /// <summary>The setting: an absolute http or https URL, the path included that the proxy takes away.</summary>
    public const string Setting = "FuncQueue:PublicUrl";

    private PublicUrl(Uri? address)
    {
        Address = address?.GetLeftPart(UriPartial.Path).TrimEnd('/');
        Host = address?.Authority;
        Path = address?.AbsolutePath.TrimEnd('/') ?? "";
    }

    /// <summary>The whole, without a slash at its end; null: not configured.</summary>
    public string? Address { get; }

    /// <summary>The host that callers name, with the port if they name one.</summary>
    public string? Host { get; }

    /// <summary>What stands in front of the app's routes; empty: nothing.</summary>
    public string Path { get; }

    /// <summary>As configured; <see cref="ArgumentException"/> for what is no such URL.</summary>
    public static PublicUrl From(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } text)
            return new PublicUrl(null);
        return
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https"
            && url is { Query: "", Fragment: "", UserInfo: "" }
            ? new PublicUrl(url)
            : throw new ArgumentException(
                $"The setting {Setting} must be an http or https URL without user, query and fragment.",
                nameof(configuration)
            );
    }

    /// <summary>That of the app which serves the request.</summary>
    public static PublicUrl Of(HttpRequest request) =>
        request.HttpContext.RequestServices?.GetService(typeof(PublicUrl)) as PublicUrl ?? new PublicUrl(null);
}
