namespace FuncQueue.Infra.Tests.Support;

/// <summary>One resource of a <see cref="PredictedDeployment"/>.</summary>
public sealed class PredictedResource(JsonObject json)
{
    public JsonObject Json => json;

    public string Id => json["id"]!.GetValue<string>();

    public string Type => json["type"]!.GetValue<string>();

    public string Name => json["name"]!.GetValue<string>();

    public JsonObject Properties => json["properties"]?.AsObject() ?? [];

    public JsonObject? Tags => json["tags"]?.AsObject();

    /// <summary>The value below the properties at a path of names joined by dots; null when there is none.</summary>
    public JsonNode? At(string path) => path.Split('.').Aggregate((JsonNode?)Properties, (at, part) => at?[part]);

    public override string ToString() => $"{Type} {Name}";
}
