using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>A queue's registry row: what callers see, and where this generation lies.</summary>
/// <param name="WrittenAt">By storage's clock: tells the later of two readings.</param>
/// <param name="HomeShards">Shards at creation: where a deduplication id is at home does not change when shards are added.</param>
internal sealed record QueueRecord(QueueInfo Info, QueuePlace Place, int HomeShards, ETag ETag, DateTimeOffset WrittenAt)
{
    private static readonly Dictionary<string, string> NoAnnotations = [];

    // Quotes and slashes as they are: annotations hold JSON, which would grow sixfold in places.
    private static readonly SettingsJson Readable = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public string Table => Place.Table;

    public static TableEntity ToEntity(QueueName queue, QueuePlace place, int homeShards, QueueSettings settings, DateTimeOffset createdAt) =>
        place.Write(new TableEntity(RegistryKeys.Partition, RegistryKeys.Queue(queue.Value))
        {
            ["HomeShards"] = homeShards,
            ["CreatedAt"] = createdAt,
            ["Settings"] = JsonSerializer.Serialize(settings, SettingsJson.Default.QueueSettings),
            ["Annotations"] = settings.Annotations.Count == 0 ? null : JsonSerializer.Serialize(settings.Annotations, Readable.IReadOnlyDictionaryStringString),
        });

    public static QueueRecord FromEntity(TableEntity entity)
    {
        var name = entity.RowKey[RegistryKeys.QueuePrefix.Length..];
        if (!QueueName.TryParse(name, out var queue))
            throw new Storage.UnsupportedFormatException($"The registry has a queue of the impossible name {name}.");
        var annotations = entity.GetString("Annotations") is { } text ? JsonSerializer.Deserialize(text, Readable.IReadOnlyDictionaryStringString)! : NoAnnotations;
        var etag = entity.StoredETag();
        var info = new QueueInfo
        {
            Name = queue,
            Settings = JsonSerializer.Deserialize(entity.GetString("Settings"), SettingsJson.Default.QueueSettings)! with { Annotations = annotations },
            CreatedAt = entity.GetDateTimeOffset("CreatedAt")!.Value,
            ChangedAt = entity.Timestamp ?? entity.GetDateTimeOffset("CreatedAt")!.Value,
            ETag = Opaque(etag),
        };
        return new QueueRecord(info, QueuePlace.Read(entity), entity.GetInt32("HomeShards") ?? 1, etag, entity.Timestamp ?? DateTimeOffset.MinValue);
    }

    // Storage's ETag has quotes and a weakness mark of its own; callers get a plain token.
    private static string Opaque(ETag etag) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(etag.ToString("G"))).AsSpan(0, 8));
}

[JsonSerializable(typeof(QueueSettings))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
internal sealed partial class SettingsJson : JsonSerializerContext;

/// <summary>The rows of the registry: one partition, so that a queue and what goes with it change together.</summary>
internal static class RegistryKeys
{
    public const string Partition = "registry";
    public const string QueuePrefix = "q:";
    public const string ActivePrefix = "a:";
    public const string LeftoverPrefix = "g:";
    public const string SigningKey = "k:receipts";

    public static readonly KeyRange Leftovers = new(LeftoverPrefix, LeftoverPrefix + "~");

    public static string Queue(string name) => QueuePrefix + name;

    /// <summary>A shard that is being written to.</summary>
    public static string Active(string table, int shard) => $"{ActivePrefix}{table}:{Storage.RowKeys.Partition(shard)}";

    /// <summary>A table that belongs to no queue: being made, or of a deleted queue.</summary>
    public static string Leftover(string table) => LeftoverPrefix + table;
}
