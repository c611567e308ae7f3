namespace FuncQueue.Functions.Http;

/// <summary>
/// How the caller reached this app, for links. The Functions host and other proxies hand requests on under an address of their own, and
/// tell the caller's in <c>X-Forwarded-</c> headers.
/// </summary>
internal static class CallerAddress
{
    /// <summary>The address of the app, without a slash at its end.</summary>
    /// <param name="route">What the request's route begins with, as <c>/queues</c>; host.json's prefix of all routes stands in front of it.</param>
    public static string Of(HttpRequest request, string route)
    {
        var scheme = Forwarded(request, "X-Forwarded-Proto") is "http" or "https" ? Forwarded(request, "X-Forwarded-Proto") : request.Scheme;
        var path = $"{request.PathBase}{request.Path}/";
        var at = path.IndexOf(route + "/", StringComparison.OrdinalIgnoreCase);
        return $"{scheme}://{ForwardedHost(request) ?? request.Host.ToString()}{(at < 0 ? "" : path[..at])}";
    }

    /// <summary>The host that the caller named to the first of several proxies; null when there is none.</summary>
    public static string? ForwardedHost(HttpRequest request) => Forwarded(request, "X-Forwarded-Host");

    private static string? Forwarded(HttpRequest request, string header) =>
        request.Headers.TryGetValue(header, out var values) && values.ToString().Split(',')[0].Trim() is { Length: > 0 } first ? first : null;
}
