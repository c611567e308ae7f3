namespace FuncQueue.Infra.Tests.Support;

/// <summary>What a deployment would make: modules, loops and conditions are expanded; what only Azure knows stays an expression.</summary>
public sealed class PredictedDeployment(string name, JsonNode snapshot)
{
    public string Name => name;

    public string Text { get; } = snapshot.ToJsonString();

    public IReadOnlyList<PredictedResource> Resources { get; } =
    [.. snapshot["predictedResources"]!.AsArray().Select(r => new PredictedResource(r!.AsObject()))];

    public JsonArray Diagnostics => snapshot["diagnostics"]!.AsArray();

    public JsonObject Outputs => snapshot["outputs"]!.AsObject();

    /// <summary>The settings of the function app.</summary>
    public IReadOnlyDictionary<string, string> AppSettings =>
        Only("Microsoft.Web/sites/config", "appsettings").Properties.ToDictionary(p => p.Key, p => p.Value!.GetValue<string>());

    public IReadOnlyList<PredictedResource> OfType(string type) => [.. Resources.Where(r => r.Type == type)];

    public PredictedResource Only(string type) => OfType(type).ShouldHaveSingleItem();

    /// <summary>The resource of the type whose name ends so.</summary>
    public PredictedResource Only(string type, string lastName) =>
        OfType(type).Where(r => r.Name.Split('/')[^1] == lastName).ShouldHaveSingleItem();
}
