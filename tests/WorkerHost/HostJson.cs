using System.Text.Json;

namespace FuncQueue.WorkerHost;

/// <summary>What the stand-in reads of the app's host.json.</summary>
internal static class HostJson
{
    /// <summary>The prefix of every route; <c>api</c> when it says nothing.</summary>
    public static string RoutePrefix(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "host.json")));
        return
            document.RootElement.TryGetProperty("extensions", out var extensions)
            && extensions.TryGetProperty("http", out var http)
            && http.TryGetProperty("routePrefix", out var prefix)
            ? prefix.GetString()!
            : "api";
    }
}
