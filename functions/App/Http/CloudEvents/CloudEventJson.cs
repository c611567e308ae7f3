using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;

namespace FuncQueue.Functions.Http.CloudEvents;

/// <summary>Events in JSON, both ways. Data is bytes here: its JSON is neither read nor spelled anew where it need not be.</summary>
internal static class CloudEventJson
{
    private const string Json = "application/json";

    private const int MaxDepth = 1000;

    /// <summary>
    /// How deep data may be to stand in an answer as JSON: many readers stop at 64 levels, and would lose the rest of the answer, too.
    /// </summary>
    private const int MaxWrittenDepth = 48;

    private static readonly JsonSerializerOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxDepth,
    };

    private static readonly BytesFormatter Formatter = new();
    private static readonly ContentType OneType = new(CloudEventRequests.Structured);
    private static readonly ContentType BatchType = new(CloudEventRequests.Batch);

    /// <summary>How JSON of events is read: a name that stands twice would mean one thing here and another elsewhere.</summary>
    public static JsonDocumentOptions Reading { get; } = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary><see cref="CloudEventFormatException"/> for what is no event.</summary>
    public static CloudEvent Decode(ReadOnlyMemory<byte> json) => Guard(() => Formatter.DecodeStructuredModeMessage(json, OneType, null));

    public static IReadOnlyList<CloudEvent> DecodeBatch(ReadOnlyMemory<byte> json) =>
        Guard(() => Formatter.DecodeBatchModeMessage(json, BatchType, null));

    /// <summary>The data of an event that was read, in bytes.</summary>
    public static byte[] DataOf(CloudEvent cloudEvent) => Guard(() => Formatter.EncodeBinaryModeEventData(cloudEvent).ToArray());

    /// <summary>The content type of the data of an event that was read.</summary>
    public static string TypeOf(CloudEvent cloudEvent) =>
        cloudEvent.DataContentType ?? (cloudEvent.Data is byte[] ? "application/octet-stream" : Json);

    /// <summary>
    /// Writes the member <c>event</c>, with its data; where that lies in a blob, also <c>bodyUrl</c>, which the event refers to.
    /// </summary>
    public static void WriteMember(Utf8JsonWriter writer, CloudEvent cloudEvent, ReadOnlyMemory<byte>? data, string bodyUrl)
    {
        if (data is { } bytes)
        {
            // Without any, an event had none.
            cloudEvent.Data = bytes.IsEmpty ? null : (object)bytes;
        }
        else
        {
            writer.WriteString("bodyUrl", bodyUrl);
            cloudEvent.SetAttributeFromString("dataref", bodyUrl);
        }

        writer.WritePropertyName("event");
        writer.WriteRawValue(Formatter.EncodeStructuredModeMessage(cloudEvent, out _).Span, skipInputValidation: true);
    }

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is ArgumentException or JsonException or InvalidOperationException or FormatException or NotSupportedException)
        {
            throw new CloudEventFormatException(exception.Message.Split(" (Parameter", 2)[0], exception);
        }
    }

    /// <summary>The formatter of the SDK, but that data which is bytes stands in JSON as what the content type says.</summary>
    private sealed class BytesFormatter() : JsonEventFormatter(Writing, Reading)
    {
        protected override void EncodeStructuredModeData(CloudEvent cloudEvent, Utf8JsonWriter writer)
        {
            var bytes = (ReadOnlyMemory<byte>)cloudEvent.Data!;
            var type = MediaType.Of(cloudEvent.DataContentType ?? Json);
            if (IsJson(type) && IsValid(bytes))
            {
                writer.WritePropertyName("data");
                writer.WriteRawValue(bytes.Span, skipInputValidation: true);
            }
            else if (type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && Utf8.IsValid(bytes.Span))
            {
                writer.WriteString("data", bytes.Span);
            }
            else
            {
                writer.WriteBase64String("data_base64", bytes.Span);
            }
        }

        private static bool IsJson(ReadOnlySpan<char> type) =>
            type.Equals(Json, StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

        private static bool IsValid(ReadOnlyMemory<byte> json)
        {
            try
            {
                using var document = JsonDocument.Parse(json, Reading with { MaxDepth = MaxWrittenDepth });
                return Utf8.IsValid(json.Span);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // The latter of a name that is no text.
                return false;
            }
        }
    }
}

/// <summary>What was given is no event in JSON.</summary>
internal sealed class CloudEventFormatException(string message, Exception inner) : Exception(message, inner);
