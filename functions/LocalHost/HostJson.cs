using System.Text.Json;

namespace FuncQueue.LocalHost;

/// <summary>What LocalHost honours of host.json.</summary>
internal static class HostJson
{
    /// <summary>The prefix of every route, <c>api</c> unless host.json says otherwise.</summary>
    public static string RoutePrefix(string folder)
    {
        var path = Path.Combine(folder, "host.json");
        if (!File.Exists(path))
            return "api";
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return
            document.RootElement.TryGetProperty("extensions", out var extensions)
            && extensions.TryGetProperty("http", out var http)
            && http.TryGetProperty("routePrefix", out var prefix)
            ? prefix.GetString()!
            : "api";
    }
}
