using System.Text.Json;

namespace FuncQueue.Functions.Http;

/// <summary>The members of a JSON object: each known and of its type; what is not becomes a fault under the member's path.</summary>
internal sealed class JsonMembers
{
    private readonly JsonElement element;
    private readonly Faults faults;
    private readonly string path;

    /// <param name="path">Prefix of the fields in faults, as <c>messages[2].</c>; empty at the top.</param>
    public JsonMembers(JsonElement element, Faults faults, string path, params ReadOnlySpan<string> known)
    {
        this.element = element;
        this.faults = faults;
        this.path = path;
        foreach (var member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                faults.Add(path + member.Name, "Is not a member of this object.");
        }
    }

    public bool Has(string name) => element.TryGetProperty(name, out _);

    public string Path(string name) => path + name;

    public void Fault(string name, string detail) => faults.Add(path + name, detail);

    /// <summary>The member if it is there and of this kind; a fault if it is there and is not.</summary>
    public JsonElement? Get(string name, JsonValueKind kind, string rule)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind == kind)
            return value;
        Fault(name, rule);
        return null;
    }

    public string? Text(string name) => Get(name, JsonValueKind.String, "Must be a string.") is { } value ? Text(name, value) : null;

    /// <summary>A string's value; JSON can spell ones that are no Unicode text.</summary>
    public string? Text(string name, JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            Fault(name, "Must be valid Unicode.");
            return null;
        }
    }

    public int? Number(string name) =>
        Whole(name, "Must be a whole number.") is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;

    /// <summary>A whole number that is not negative.</summary>
    public long? Count(string name)
    {
        const string rule = "Must be a whole number that is not negative.";
        if (Get(name, JsonValueKind.Number, rule) is not { } value)
            return null;
        if (value.TryGetInt64(out var number) && number >= 0)
            return number;
        Fault(name, rule);
        return null;
    }

    public TimeSpan? Seconds(string name)
    {
        if (Get(name, JsonValueKind.Number, Durations.Rule) is not { } value)
            return null;
        if (Durations.TryParse(value.GetRawText(), out var duration))
            return duration;
        Fault(name, Durations.Rule);
        return null;
    }

    public bool? Boolean(string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Fault(name, "Must be true or false.");
        return null;
    }

    public bool IsNull(string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;

    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Instants.TryParse(text, out var instant))
            return instant;
        Fault(name, Instants.Rule);
        return null;
    }

    /// <summary>An object of strings.</summary>
    public Dictionary<string, string>? Strings(string name)
    {
        if (Get(name, JsonValueKind.Object, "Must be an object of strings.") is not { } value)
            return null;
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String)
                Fault($"{name}.{member.Name}", "Must be a string.");
            else if (Text($"{name}.{member.Name}", member.Value) is { } text)
                result[member.Name] = text;
        }

        return result;
    }

    /// <summary>An array of 1 to <paramref name="most"/> elements.</summary>
    public IReadOnlyList<JsonElement>? List(string name, int most)
    {
        if (!Has(name))
            Fault(name, "Is needed.");
        if (Get(name, JsonValueKind.Array, "Must be an array.") is not { } value)
            return null;
        var count = value.GetArrayLength();
        if (count >= 1 && count <= most)
            return [.. value.EnumerateArray()];
        Fault(name, $"Must have 1 to {most} elements; it has {count}.");
        return null;
    }

    private long? Whole(string name, string rule)
    {
        if (Get(name, JsonValueKind.Number, rule) is not { } value)
            return null;
        if (value.TryGetInt64(out var number))
            return Math.Clamp(number, -Query.FarTooMany, Query.FarTooMany);
        // A fraction is a fault of its own; a number too large for us is one of range.
        var text = value.GetRawText();
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') < 0)
            return text.StartsWith('-') ? -Query.FarTooMany : Query.FarTooMany;
        Fault(name, rule);
        return null;
    }
}
