using System.Text.Json;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Reads one filter, and says what is wrong with it. What has faults is read as far as it goes, so that all are found.</summary>
internal static class FilterReader
{
    public static Filter Read(JsonElement json, string at, FaultList faults)
    {
        RoutingPattern[]? routingKeys = null;
        Policy? attributes = null;
        Policy? body = null;
        var any = false;
        foreach (var (name, value, path) in JsonMembers.Of(json, at, faults, "Must be an object, a filter."))
        {
            switch (name)
            {
                case "routingKey":
                    routingKeys = RoutingKeys(value, path, faults);
                    break;
                case "attributes":
                    attributes = PolicyReader.Attributes(value, path, faults);
                    break;
                case "body":
                    body = PolicyReader.Body(value, path, faults);
                    break;
                case "match":
                    any = Match(value, path, faults);
                    break;
                default:
                    faults.Add(path, "A filter has the members routingKey, attributes, body and match only.");
                    break;
            }
        }

        if (any && attributes is null or { Members.Length: 0 })
            faults.Add(JsonPath.Property(at, "match"), "\"any\" needs attributes of which one can match.");
        else if (any)
            attributes = new Policy([.. attributes!.Members], any: true);
        return new Filter(routingKeys, attributes, body);
    }

    private static bool Match(JsonElement json, string at, FaultList faults)
    {
        var text = JsonMembers.Text(json, at, faults);
        if (text is not (null or "all" or "any"))
            faults.Add(at, "Must be all or any.");
        return text == "any";
    }

    private static RoutingPattern[] RoutingKeys(JsonElement json, string at, FaultList faults)
    {
        if (json.ValueKind == JsonValueKind.String)
            return [RoutingKey(json, at, faults)];
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
        {
            faults.Add(at, "Must be an array of one routing key or more.");
            return [];
        }

        return [.. json.EnumerateArray().Select((key, i) => RoutingKey(key, JsonPath.Element(at, i), faults)).DistinctBy(p => p.Text)];
    }

    private static RoutingPattern RoutingKey(JsonElement json, string at, FaultList faults)
    {
        var text = JsonMembers.Text(json, at, faults) ?? "#";
        if (text.Length is 0 or > Limits.MaxIdLength || text.Any(char.IsControl))
            faults.Add(at, $"Must be 1 to {Limits.MaxIdLength} characters, none of them a control character.");
        return new RoutingPattern(text);
    }
}
