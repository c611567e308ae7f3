using System.Text.Json;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>Parameters in AWS JSON 1.0.</summary>
internal sealed class JsonInput : SqsInput
{
    private readonly JsonElement element;
    private readonly SqsInput whole;

    private JsonInput(JsonElement element, SqsInput? root)
        : base(root)
    {
        this.element = element;
        whole = root ?? this;
    }

    /// <summary>The parameters in a request's body; null when it is no JSON object. An empty body has none.</summary>
    public static JsonInput? Parse(ReadOnlySpan<byte> body) =>
        StrictJson.ParseNames(body.IsEmpty ? "{}"u8 : body) is { } element ? new JsonInput(element, null) : null;

    public override string? Text(string name) => Member(name) is { } value ? Text(name, value) : null;

    public override int? Number(string name)
    {
        if (Member(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
            return number;
        Malformed($"{name} must be an integer.");
        return null;
    }

    public override byte[]? Bytes(string name)
    {
        if (Member(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && StrictJson.TextOf(value) is not null && value.TryGetBytesFromBase64(out var bytes))
            return bytes;
        Malformed($"{name} must be base64.");
        return null;
    }

    public override IReadOnlyList<string>? Texts(string name, string queryName)
    {
        if (Member(name, JsonValueKind.Array) is not { } list)
            return null;
        var texts = new List<string>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Null && Text(name, item) is { } text)
                texts.Add(text);
        }

        return texts;
    }

    public override IReadOnlyDictionary<string, string>? Map(string name, string queryName, string queryKey, string queryValue)
    {
        if (Member(name, JsonValueKind.Object) is not { } map)
            return null;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in map.EnumerateObject())
        {
            if (item.Value.ValueKind != JsonValueKind.Null && Text(item.Name, item.Value) is { } text)
                texts[item.Name] = text;
        }

        return texts;
    }

    public override IReadOnlyList<SqsInput> Structures(string name, string queryName)
    {
        if (Member(name, JsonValueKind.Array) is not { } list)
            return [];
        var structures = new List<SqsInput>();
        foreach (var item in list.EnumerateArray())
        {
            if (IsObject(name, item))
                structures.Add(new JsonInput(item, whole));
        }

        return structures;
    }

    public override IReadOnlyList<KeyValuePair<string, SqsInput>> StructureMap(string name, string queryName)
    {
        if (Member(name, JsonValueKind.Object) is not { } map)
            return [];
        var structures = new List<KeyValuePair<string, SqsInput>>();
        foreach (var item in map.EnumerateObject())
        {
            if (IsObject(name, item.Value))
                structures.Add(new(item.Name, new JsonInput(item.Value, whole)));
        }

        return structures;
    }

    /// <summary>
    /// What a string is told that is no Unicode text, as a lone surrogate is none; what holds it fails, not the rest of a batch.
    /// </summary>
    private static SqsError NoText(string name) =>
        name == "MessageBody"
            ? SqsErrors.InvalidMessageContents("A character of the message body is not Unicode: half of a surrogate pair.")
            : SqsErrors.InvalidParameter($"A character of the parameter {XmlText.Clean(name)} is not Unicode: half of a surrogate pair.");

    private JsonElement? Member(string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private JsonElement? Member(string name, JsonValueKind kind)
    {
        if (Member(name) is not { } value)
            return null;
        if (value.ValueKind == kind)
            return value;
        Malformed($"{name} must be {(kind == JsonValueKind.Array ? "a list" : "a map")}.");
        return null;
    }

    private bool IsObject(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return true;
        Malformed($"An element of {name} must be a structure.");
        return false;
    }

    private string? Text(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            Malformed($"{name} must be a string.");
        else if (StrictJson.TextOf(value) is { } text)
            return text;
        else
            Fail(NoText(name));
        return null;
    }
}
