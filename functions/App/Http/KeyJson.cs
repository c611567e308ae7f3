using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Engine.Keys;
using FuncQueue.Functions.Access;

namespace FuncQueue.Functions.Http;

/// <summary>Keys in requests and answers.</summary>
internal static class KeyJson
{
    /// <summary>Most resources of a key.</summary>
    private const int MaxResources = 100;

    public static KeyChange Read(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "rights", "resources", "expiresAt");
        var rights = Words(members, "rights", RightNames.All.Count, name => RightNames.Parse(name) == Rights.None ? RightRule : null);
        var resources = Words(
            members,
            "resources",
            MaxResources,
            text => ResourcePattern.TryParse(text, out _) ? null : ResourcePattern.Rule
        );
        // With fewer resources the right would look as if it were bounded, and would open nothing.
        if (rights?.Contains("keys") == true && resources?.Contains("*") == false)
            members.Fault("resources", "Must have * for the right keys, which makes keys for everything.");
        return new KeyChange
        {
            Rights = rights,
            Resources = resources,
            ExpiresAt =
                members.IsNull("expiresAt") ? (DateTimeOffset?)null
                : members.Instant("expiresAt") is { } at ? at
                : default(Given<DateTimeOffset?>),
        };
    }

    /// <param name="text">The key itself, which is told when it is made, and never again.</param>
    public static IResult Answer(int status, KeyInfo info, string? text) =>
        new JsonResponse(
            status,
            writer => Write(writer, info, text),
            headers: headers =>
            {
                headers.ETag = $"\"{info.ETag}\"";
                headers.CacheControl = "no-store";
            }
        );

    public static IResult Answer(IReadOnlyList<KeyInfo> keys) =>
        new JsonResponse(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("keys");
                foreach (var key in keys)
                    Write(writer, key, text: null);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
        );

    public static void WriteGrant(Utf8JsonWriter writer, IEnumerable<string> rights, IEnumerable<string> resources)
    {
        writer.WriteStartArray("rights");
        foreach (var right in rights)
            writer.WriteStringValue(right);
        writer.WriteEndArray();
        writer.WriteStartArray("resources");
        foreach (var resource in resources)
            writer.WriteStringValue(resource);
        writer.WriteEndArray();
    }

    public static void WriteExpiry(Utf8JsonWriter writer, DateTimeOffset? expiresAt)
    {
        if (expiresAt is { } at)
            writer.WriteString("expiresAt", Instants.Format(at));
        else
            writer.WriteNull("expiresAt");
    }

    private static string RightRule => $"Must be one of {string.Join(", ", RightNames.All.Select(r => r.Name))}.";

    private static void Write(Utf8JsonWriter writer, KeyInfo info, string? text)
    {
        writer.WriteStartObject();
        writer.WriteString("name", info.Name.Value);
        if (text is not null)
            writer.WriteString("key", text);
        WriteGrant(writer, info.Rights, info.Resources);
        WriteExpiry(writer, info.ExpiresAt);
        writer.WriteString("createdAt", Instants.Format(info.CreatedAt));
        writer.WriteString("changedAt", Instants.Format(info.ChangedAt));
        if (info.RotatedAt is { } rotatedAt)
            writer.WriteString("rotatedAt", Instants.Format(rotatedAt));
        if (info.FormerKeyUntil is { } until)
            writer.WriteString("formerKeyExpiresAt", Instants.Format(until));
        writer.WriteEndObject();
    }

    /// <summary>A list of different words, each of which must be right; null: it is not there.</summary>
    private static List<string>? Words(JsonMembers members, string name, int most, Func<string, string?> fault)
    {
        if (!members.Has(name) || members.List(name, most) is not { } elements)
            return null;
        var words = new List<string>();
        foreach (var (i, element) in elements.Index())
        {
            var path = $"{name}[{i}]";
            if (element.ValueKind != JsonValueKind.String)
                members.Fault(path, "Must be a string.");
            else if (members.Text(path, element) is { } word)
            {
                if (fault(word) is { } wrong)
                    members.Fault(path, wrong);
                else if (!words.Contains(word))
                    words.Add(word);
            }
        }

        return words;
    }
}
