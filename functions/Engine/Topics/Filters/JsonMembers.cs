using System.Text.Json;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Reads JSON of callers member by member; what is no text, or is there twice, is a fault.</summary>
internal static class JsonMembers
{
    /// <summary>The members of an object with their paths; of two with the same name, the first.</summary>
    public static IEnumerable<(string Name, JsonElement Value, string Path)> Of(
        JsonElement json,
        string at,
        FaultList faults,
        string otherwise
    )
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(at, otherwise);
            yield break;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
            {
                faults.Add(at, "A name in it is no text: half of a surrogate pair, or no UTF-8.");
                continue;
            }

            var path = JsonPath.Property(at, name);
            if (names.Add(name))
                yield return (name, property.Value, path);
            else
                faults.Add(path, "Is there twice.");
        }
    }

    /// <summary>The text of a string; null where it is none, which is a fault then.</summary>
    public static string? Text(JsonElement json, string at, FaultList faults)
    {
        if (json.ValueKind != JsonValueKind.String)
        {
            faults.Add(at, "Must be a string.");
            return null;
        }

        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            faults.Add(at, "Is no text: half of a surrogate pair, or no UTF-8.");
            return null;
        }
    }

    public static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
