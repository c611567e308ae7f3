using System.Globalization;

namespace FuncQueue.Functions.Http;

/// <summary>
/// How the caller reached this app, for links: as configured; else the Functions host and other proxies hand requests on under an address
/// of their own, and tell the caller's in <c>X-Forwarded-Proto</c>, <c>-Host</c> and <c>-Port</c>; of several proxies the first counts.
/// <c>Forwarded</c> (RFC 7239) and <c>X-Forwarded-Prefix</c> are not looked at.
/// </summary>
internal static class CallerAddress
{
    /// <summary>The address of the app, without a slash at its end.</summary>
    /// <param name="route">
    /// What the request's route begins with, as <c>/queues</c>; host.json's prefix of all routes stands in front of it.
    /// </param>
    public static string Of(HttpRequest request, string route)
    {
        if (PublicUrl.Of(request).Address is { } configured)
            return configured;
        var path = $"{request.PathBase}{request.Path}/";
        var at = path.IndexOf(route + "/", StringComparison.OrdinalIgnoreCase);
        return Root(request) + (at < 0 ? "" : path[..at]);
    }

    /// <summary>As configured; else scheme, host and port; without a slash at the end.</summary>
    public static string Root(HttpRequest request)
    {
        if (PublicUrl.Of(request).Address is { } configured)
            return configured;
        var scheme = Forwarded(request, "X-Forwarded-Proto") is "http" or "https"
            ? Forwarded(request, "X-Forwarded-Proto")!
            : request.Scheme;
        return $"{scheme}://{HostOf(request, scheme)}";
    }

    /// <summary>
    /// The hosts that the caller may have named, and signed, each with what it wrote in front of the path: the request's; the configured
    /// one; the one told to the first of several proxies, with and without the port, which a client leaves out where it is the scheme's
    /// own.
    /// </summary>
    public static IEnumerable<(string Host, string Prefix)> Named(HttpRequest request)
    {
        yield return (request.Headers.Host.ToString(), "");
        if (PublicUrl.Of(request) is { Host: { } configured, Path: var prefix })
            yield return (configured, prefix);
        if (Forwarded(request, "X-Forwarded-Host") is not { } host)
            yield break;
        yield return (host, "");
        var (name, port) = Split(host);
        if (port is not null)
            yield return (name, "");
        if ((port ?? ForwardedPort(request)) is { } told)
            yield return (string.Create(CultureInfo.InvariantCulture, $"{name}:{told}"), "");
    }

    private static string HostOf(HttpRequest request, string scheme)
    {
        if (Forwarded(request, "X-Forwarded-Host") is not { } host)
            return request.Host.ToString();
        var (name, port) = Split(host);
        return (port ?? ForwardedPort(request)) is { } told && told != (scheme == "https" ? 443 : 80)
            ? string.Create(CultureInfo.InvariantCulture, $"{name}:{told}")
            : name;
    }

    private static (string Name, int? Port) Split(string host)
    {
        var parsed = new HostString(host);
        return parsed.Port is { } port ? (host[..host.LastIndexOf(':')], port) : (host, null);
    }

    private static int? ForwardedPort(HttpRequest request) =>
        int.TryParse(Forwarded(request, "X-Forwarded-Port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port is >= 1 and <= ushort.MaxValue
            ? port
            : null;

    private static string? Forwarded(HttpRequest request, string header) =>
        request.Headers.TryGetValue(header, out var values) && values.ToString().Split(',')[0].Trim() is { Length: > 0 } first
            ? first
            : null;
}
