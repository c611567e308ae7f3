using System.Text.Json;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>JSON objects whose strings are Unicode text: JSON can spell ones that are not, and reading those fails.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>The object, if every string in it is text; null for anything else.</summary>
    public static JsonElement? Parse(ReadOnlySpan<byte> json) => Parse(json, withValues: true);

    /// <summary>
    /// The object, if every name in it is text; its values are to be read with <see cref="TextOf"/>. Null for anything else.
    /// </summary>
    public static JsonElement? ParseNames(ReadOnlySpan<byte> json) => Parse(json, withValues: false);

    /// <summary>The text of a string; null when it is no Unicode text.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> json, bool withValues)
    {
        try
        {
            var element = JsonElement.Parse(json, Options);
            Read(element, withValues);
            return element.ValueKind == JsonValueKind.Object ? element : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads every string once, or every name.</summary>
    private static void Read(JsonElement element, bool withValues)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Read(member.Value, withValues);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Read(item, withValues);
                break;
            case JsonValueKind.String when withValues:
                _ = element.GetString();
                break;
        }
    }
}
