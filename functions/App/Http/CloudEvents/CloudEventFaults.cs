using System.Text.Json;
using CloudNative.CloudEvents;

namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>
/// All that is wrong with events which could not be read: the SDK stops at the first fault, and a caller hears of every one at once.
/// </summary>
internal static class CloudEventFaults
{
    /// <param name="json">What was sent.</param>
    /// <param name="isBatch">Whether it was to be several.</param>
    /// <param name="why">The SDK's reason, told where no other is found.</param>
    /// <param name="faults">Told of them, each under its attribute; of a batch, as <c>[2].type</c>.</param>
    public static void Tell(ReadOnlyMemory<byte> json, bool isBatch, string why, Faults faults)
    {
        var found = new Faults();
        try
        {
            using var document = JsonDocument.Parse(json, CloudEventJson.Reading);
            if (!isBatch)
                Find(document.RootElement, "", found);
            else if (document.RootElement.ValueKind != JsonValueKind.Array)
                found.Add("body", "Must be an array of events.");
            else
                foreach (var (i, element) in document.RootElement.EnumerateArray().Index())
                    Find(element, $"[{i}].", found);
        }
        catch (JsonException exception)
        {
            found.Add("body", $"Is not valid JSON: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            // A name that is no text, beside others.
            found.Add("body", "Names of members must be valid Unicode.");
        }

        if (!found.Any)
            found.Add("body", $"Is no event of CloudEvents in JSON: {why}");
        faults.AddRange(found);
    }

    private static void Find(JsonElement element, string at, Faults faults)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(at.Length == 0 ? "body" : at.TrimEnd('.'), "Must be an event, a JSON object.");
            return;
        }

        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0);
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            // To the format, null is as good as absent.
            if (member.Value.ValueKind == JsonValueKind.Null)
                continue;
            given.Add(member.Name);
            if (Check(cloudEvent, member) is { } fault)
                faults.Add(at + member.Name, fault);
        }

        if (given.Contains("data") && given.Contains("data_base64"))
            faults.Add(at + "data_base64", "Give data or data_base64, not both.");
        foreach (var attribute in CloudEventsSpecVersion.V1_0.RequiredAttributes.Prepend(CloudEventsSpecVersion.SpecVersionAttribute))
        {
            if (!given.Contains(attribute.Name))
                faults.Add(at + attribute.Name, CloudEventAttributes.IsNeeded);
        }
    }

    private static string? Check(CloudEvent cloudEvent, JsonProperty member)
    {
        if (Text(member.Value) is not { } text)
            return member.Name == "data" ? null : "Must be valid Unicode.";
        switch (member.Name)
        {
            case "specversion":
                var version = CloudEventsSpecVersion.V1_0.VersionId;
                return member.Value.ValueKind == JsonValueKind.String && text == version ? null : $"Must be \"{version}\".";
            case "data":
                return null;
            case "data_base64":
                return member.Value.ValueKind == JsonValueKind.String && member.Value.TryGetBytesFromBase64(out _)
                    ? null
                    : "Must be base64.";
            default:
                return member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                    ? "Must be a string, a whole number or a Boolean."
                    : CloudEventAttributes.Set(cloudEvent, member.Name, text);
        }
    }

    /// <summary>What a member says, as text; null for what is none.</summary>
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
