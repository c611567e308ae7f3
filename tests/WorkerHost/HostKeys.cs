using Microsoft.AspNetCore.Http;

namespace FuncQueue.WorkerHost;

/// <summary>The keys of the host, and which level each opens.</summary>
internal sealed class HostKeys(string? functionKey, string? masterKey)
{
    /// <summary>The key is that of the header; without one there, that of the query.</summary>
    public bool Allow(HttpRequest request, string level)
    {
        if (functionKey is null || string.Equals(level, "Anonymous", StringComparison.OrdinalIgnoreCase))
            return true;
        var key = request.Headers.TryGetValue("x-functions-key", out var header) ? header[0] : request.Query["code"].FirstOrDefault();
        if (string.IsNullOrEmpty(key))
            return false;
        return (masterKey is not null && key == masterKey)
            || (key == functionKey && string.Equals(level, "Function", StringComparison.OrdinalIgnoreCase));
    }
}
