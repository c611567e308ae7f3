using System.Text.Json;
using FuncQueue.WorkerHost.Rpc;
using Microsoft.AspNetCore.Http;

namespace FuncQueue.WorkerHost;

/// <summary>
/// What the host tells a worker of a request beside the request: the members of a JSON body that came with its length, over them the
/// query's parameters, over those the route's values, from which functions' parameters are bound.
/// </summary>
internal static class TriggerMetadata
{
    public static async Task<Dictionary<string, TypedData>> OfAsync(HttpRequest request)
    {
        var metadata = new Dictionary<string, TypedData>(StringComparer.OrdinalIgnoreCase);
        if (request.ContentLength > 0)
            AddBody(metadata, await BufferAsync(request));
        foreach (var (name, value) in request.Query.Where(q => !string.Equals(q.Key, "code", StringComparison.OrdinalIgnoreCase)))
            metadata[name] = new TypedData { String = value.ToString() };
        foreach (var (name, value) in request.RouteValues)
        {
            if (value is not null)
                metadata[name] = new TypedData { String = value.ToString() };
        }

        metadata.TryAdd(
            "Query",
            new TypedData { Json = JsonSerializer.Serialize(request.Query.ToDictionary(q => q.Key, q => q.Value.ToString())) }
        );
        metadata.TryAdd(
            "Headers",
            new TypedData { Json = JsonSerializer.Serialize(request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString())) }
        );
        return metadata;
    }

    /// <summary>The body as text; it stays readable from its beginning.</summary>
    private static async Task<string> BufferAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, leaveOpen: true);
        var text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return text;
    }

    private static void AddBody(Dictionary<string, TypedData> metadata, string body)
    {
        var trimmed = body.AsSpan().Trim();
        if (!trimmed.StartsWith("{") || !trimmed.EndsWith("}"))
            return;
        try
        {
            using var document = JsonDocument.Parse(body);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind is JsonValueKind.Object)
                    metadata[member.Name] = new TypedData { Json = member.Value.GetRawText() };
                else if (member.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
                    metadata[member.Name] = new TypedData { String = member.Value.ToString() };
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A body that only looks like JSON adds nothing, nor does one with half a character.
            metadata.Clear();
        }
    }
}
