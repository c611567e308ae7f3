using System.Text.Json;

namespace FuncQueue.Functions.Sqs;

/// <summary>JSON objects inside attributes.</summary>
internal static class PolicyJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>The object; null when the text is none.</summary>
    public static JsonElement? Parse(string text)
    {
        try
        {
            var element = JsonElement.Parse(text, Options);
            return element.ValueKind == JsonValueKind.Object ? element : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A string's value; null when it is no Unicode text.</summary>
    public static string? Text(JsonElement value)
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
}
