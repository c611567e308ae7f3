using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FuncQueue.Functions.Sqs.Protocol;

namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>
/// SQS's message attributes among those of FuncQueue, which are texts. A text goes in under its own name; so does a number; bytes go in as
/// base64. Types other than String are told in <see cref="DataTypes"/>. Names that begin with <c>AWS.</c> cannot clash: SQS reserves them.
/// </summary>
internal static partial class StoredAttributes
{
    /// <summary>A JSON object of the data types of attributes that are no plain String.</summary>
    public const string DataTypes = "AWS.DataTypes";

    /// <summary>The access key of the producer.</summary>
    public const string SenderId = "AWS.SenderId";

    public const string TraceHeader = "AWS.TraceHeader";

    /// <summary>The producer's deduplication id, where the queue knows the message under another.</summary>
    public const string DeduplicationId = "AWS.DeduplicationId";

    private const string ReservedPrefix = "AWS.";

    private static readonly TypesJson Readable = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>FuncQueue's attributes of a message with these attributes.</summary>
    public static Dictionary<string, string> Store(IReadOnlyDictionary<string, MessageAttribute> attributes)
    {
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        Dictionary<string, string>? types = null;
        foreach (var (name, attribute) in attributes)
        {
            stored[name] = attribute.Bytes is { } bytes ? Convert.ToBase64String(bytes) : attribute.Text!;
            if (attribute.DataType != MessageAttribute.String)
                (types ??= [])[name] = attribute.DataType;
        }

        if (types is not null)
            stored[DataTypes] = JsonSerializer.Serialize(types, Readable.DictionaryStringString);
        return stored;
    }

    /// <summary>
    /// SQS's attributes of a message with these of FuncQueue's, whoever sent it. What SQS cannot show as a text is shown as bytes; a name
    /// that it cannot show at all, and an empty value, are left out.
    /// </summary>
    public static Dictionary<string, MessageAttribute> Restore(IReadOnlyDictionary<string, string> stored)
    {
        var types = ReadTypes(stored.GetValueOrDefault(DataTypes));
        var attributes = new Dictionary<string, MessageAttribute>(StringComparer.Ordinal);
        foreach (var (name, value) in stored)
        {
            if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal) || value.Length == 0 || !XmlText.IsValid(name))
                continue;
            var type = types.GetValueOrDefault(name, MessageAttribute.String);
            if (MessageAttribute.LogicalType(type) == MessageAttribute.Binary)
                attributes[name] = Bytes(type, value);
            else
                attributes[name] = XmlText.IsValid(value)
                    ? new MessageAttribute(type, value, null)
                    : new MessageAttribute(MessageAttribute.Binary, null, Encoding.UTF8.GetBytes(value));
        }

        return attributes;
    }

    private static MessageAttribute Bytes(string type, string value)
    {
        var bytes = new byte[value.Length];
        return Convert.TryFromBase64String(value, bytes, out var length)
            ? new MessageAttribute(type, null, bytes[..length])
            : new MessageAttribute(MessageAttribute.String, XmlText.Clean(value), null);
    }

    /// <summary>The types; none when another producer has put something else there.</summary>
    private static Dictionary<string, string> ReadTypes(string? text)
    {
        try
        {
            var types = text is null ? null : JsonSerializer.Deserialize(text, Readable.DictionaryStringString);
            return types is not null && types.Values.All(t => t is not null && XmlText.IsValid(t)) ? types : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    [JsonSerializable(typeof(Dictionary<string, string>))]
    private sealed partial class TypesJson : JsonSerializerContext;
}
