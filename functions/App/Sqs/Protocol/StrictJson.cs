using System.Text.Json;

namespace FuncQueue.Functions.Sqs;

/// <summary>JSON objects whose every string, names included, is Unicode text: JSON can spell ones that are not, and reading those fails.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>The object; null for anything else.</summary>
    public static JsonElement? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var element = JsonElement.Parse(json, Options);
            Read(element);
            return element.ValueKind == JsonValueKind.Object ? element : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads every string once.</summary>
    private static void Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Read(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Read(item);
                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }
}
