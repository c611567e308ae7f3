using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Registry;

/// <summary>The column in which a row keeps what another protocol than the HTTP API says of a queue, a topic or a subscription.</summary>
internal static class AnnotationColumn
{
    public const string Name = "Annotations";

    private static readonly Dictionary<string, string> None = [];

    // Quotes and slashes as they are: annotations hold JSON, which would grow sixfold in places.
    private static readonly SettingsJson Readable = new(
        new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    /// <summary>The column's value; null: it has none.</summary>
    public static string? Write(IReadOnlyDictionary<string, string> annotations) =>
        annotations.Count == 0 ? null : JsonSerializer.Serialize(annotations, Readable.IReadOnlyDictionaryStringString);

    public static IReadOnlyDictionary<string, string> Read(TableEntity entity) =>
        entity.GetString(Name) is { Length: > 0 } text
            ? JsonSerializer.Deserialize(text, Readable.IReadOnlyDictionaryStringString) ?? None
            : None;
}
