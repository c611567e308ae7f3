using System.Text.Json;
using Json.Schema;

namespace FuncQueue.App.Tests.Support;

/// <summary>The OpenAPI document that the app serves, and what it says of each answer.</summary>
public sealed class OpenApiDocument
{
    private readonly JsonObject root;

    private OpenApiDocument(JsonObject root) => this.root = root;

    public JsonObject Root => root;

    public static OpenApiDocument Load()
    {
        using var stream = typeof(FuncQueue.Functions.Http.EnqueueFunctions).Assembly.GetManifestResourceStream("openapi.json")!;
        return new OpenApiDocument(JsonNode.Parse(stream)!.AsObject());
    }

    public IEnumerable<(string Path, string Method)> Operations() =>
        from path in root["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (path.Key, operation.Key);

    /// <summary>The fault in an answer, as the document sees it; null when it is as described.</summary>
    public string? Check(string method, string path, int status, string? mediaType, Func<string, bool> hasHeader, byte[] body)
    {
        var isHead = method == "HEAD";
        var operation = Find(path)?[isHead ? "get" : method.ToLowerInvariant()];
        // What no function takes is answered with a problem; a queue cannot be told from a route by its path alone.
        // What is asked in AWS's form is answered in it, wherever it goes.
        if (operation is null && (mediaType is "application/x-amz-json-1.0" or "text/xml"))
            return status is >= 400 and < 500 ? null : $"{method} {path} answered {status} to what is not described.";
        if (operation is null)
            return status is 404 or 405 ? CheckProblem(method, path, mediaType, body)
                : status is 401 && body.Length == 0 ? null
                : $"{method} {path} is not described.";
        // The Functions host itself refuses who does not show its key.
        if (status == 401 && body.Length == 0 && path.StartsWith("/host/keys", StringComparison.OrdinalIgnoreCase))
            return null;
        if (Resolve(operation["responses"]![status.ToString(System.Globalization.CultureInfo.InvariantCulture)]) is not { } response)
            return $"{method} {path} answered {status}, which is not described.";
        if (response["headers"]?.AsObject().FirstOrDefault(h => !hasHeader(h.Key)).Key is { } missing)
            return $"{method} {path} {status} lacks the header {missing}, which is described.";
        if (response["content"] is not JsonObject content)
            return body.Length == 0 ? null : $"{method} {path} {status} has a body that is not described.";
        if (content["*/*"] is not null)
            return null;
        if (isHead)
            return body.Length == 0 ? null : $"{method} {path} has a body.";
        if (mediaType is null || content[mediaType]?["schema"] is not { } schema)
            return $"{method} {path} {status} is of type {mediaType}, which is not described.";
        var result = Compile(schema)
            .Evaluate(JsonNode.Parse(body), new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return result.IsValid
            ? null
            : $"{method} {path} {status} is not as described: "
                + $"{JsonSerializer.Serialize(result.Details.Where(d => d.HasErrors).Select(d => new { d.InstanceLocation, d.Errors }))}";
    }

    private string? CheckProblem(string method, string path, string? mediaType, byte[] body)
    {
        if (method == "HEAD")
            return body.Length == 0 ? null : $"{method} {path} has a body.";
        return
            mediaType == "application/problem+json"
            && Compile(new JsonObject { ["$ref"] = "#/components/schemas/Problem" }).Evaluate(JsonNode.Parse(body)).IsValid
            ? null
            : $"{method} {path} is answered with no problem.";
    }

    public JsonSchema Compile(JsonNode schema)
    {
        var whole = new JsonObject
        {
            ["$defs"] = root["components"]!["schemas"]!.DeepClone(),
            ["allOf"] = new JsonArray(schema.DeepClone()),
        };
        return JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }

    public JsonNode? Resolve(JsonNode? node)
    {
        if (node?["$ref"]?.GetValue<string>() is not { } reference)
            return node;
        return reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)root, (at, part) => at?[part]);
    }

    /// <summary>The path item whose template fits, one with literal segments before one with parameters.</summary>
    private JsonObject? Find(string path)
    {
        var segments = path.Split('/');
        return root["paths"]!
            .AsObject()
            .Where(p => Fits(p.Key.Split('/'), segments))
            .OrderBy(p => p.Key.Count(c => c == '{'))
            .Select(p => p.Value!.AsObject())
            .FirstOrDefault();
    }

    private static bool Fits(string[] template, string[] path) =>
        template.Length == path.Length && template.Zip(path).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));
}
