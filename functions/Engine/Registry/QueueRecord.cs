using System.Security.Cryptography;
using System.Text;
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
    : IGenerationRecord<QueueName>
{
    private const string DeletingAt = "DeletingAt";

    public QueueName Name => Info.Name;

    public string Table => Place.Table;

    /// <summary>
    /// The queue was deleted, but its table may still be there: for callers there is no such queue, and its name is not free yet.
    /// </summary>
    public bool IsDeleting { get; private init; }

    /// <param name="revision">What callers know these settings by; null: they are new.</param>
    public static TableEntity ToEntity(
        QueueName queue,
        QueuePlace place,
        int homeShards,
        QueueSettings settings,
        DateTimeOffset createdAt,
        string? revision,
        DateTimeOffset changedAt
    ) =>
        place.Write(
            new TableEntity(RegistryKeys.Partition, RegistryKeys.Queue(queue.Value))
            {
                ["HomeShards"] = homeShards,
                ["CreatedAt"] = createdAt,
                ["Revision"] = revision ?? RandomNumberGenerator.GetHexString(16, lowercase: true),
                ["ChangedAt"] = changedAt,
                ["Settings"] = JsonSerializer.Serialize(settings, SettingsJson.Default.QueueSettings),
                [AnnotationColumn.Name] = AnnotationColumn.Write(settings.Annotations),
            }
        );

    /// <summary>The queue is deleted from now on, as far as this is still its row.</summary>
    public TableTransactionAction MarkDeleting(DateTimeOffset now) =>
        new(
            TableTransactionActionType.UpdateMerge,
            new TableEntity(RegistryKeys.Partition, RegistryKeys.Queue(Info.Name.Value)) { [DeletingAt] = now },
            ETag
        );

    /// <summary>The name is free, as far as this is still its row.</summary>
    public TableTransactionAction Remove() => Remove(Info.Name, ETag);

    public static TableTransactionAction Remove(QueueName queue, ETag etag) =>
        new(TableTransactionActionType.Delete, new TableEntity(RegistryKeys.Partition, RegistryKeys.Queue(queue.Value)), etag);

    /// <summary>The row; <see cref="UnsupportedFormatException"/> for one that this version cannot read.</summary>
    public static QueueRecord FromEntity(TableEntity entity)
    {
        try
        {
            return Read(entity);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new UnsupportedFormatException($"The registry row {entity.RowKey} is of another form: {exception.Message}");
        }
    }

    private static QueueRecord Read(TableEntity entity)
    {
        var name = entity.RowKey[RegistryKeys.QueuePrefix.Length..];
        if (!QueueName.TryParse(name, out var queue))
            throw new UnsupportedFormatException($"The registry has a queue of the impossible name {name}.");
        if (
            entity.GetString("Table") is null
            || entity.GetString("Settings") is not { } json
            || entity.GetDateTimeOffset("CreatedAt") is not { } createdAt
        )
            throw new UnsupportedFormatException($"The registry row {entity.RowKey} does not say all that a queue is.");
        var etag = entity.StoredETag();
        var info = new QueueInfo
        {
            Name = queue,
            Settings = (JsonSerializer.Deserialize(json, SettingsJson.Default.QueueSettings) ?? new QueueSettings()) with
            {
                Annotations = AnnotationColumn.Read(entity),
            },
            CreatedAt = createdAt,
            // Rows of earlier versions have neither: there the row changes with the settings.
            ChangedAt = entity.GetDateTimeOffset("ChangedAt") ?? entity.Timestamp ?? createdAt,
            ETag = entity.GetString("Revision") ?? Opaque(etag),
            RowTag = Opaque(etag),
        };
        return new QueueRecord(
            info,
            QueuePlace.Read(entity),
            entity.GetInt32("HomeShards") ?? 1,
            etag,
            entity.Timestamp ?? DateTimeOffset.MinValue
        )
        {
            IsDeleting = entity.ContainsKey(DeletingAt),
        };
    }

    // Storage's ETag has quotes and a weakness mark of its own; callers get a plain token.
    private static string Opaque(ETag etag) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(etag.ToString("G"))).AsSpan(0, 8));
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
    public const string TotalsPrefix = "t:";
    public const string SigningKey = "k:receipts";

    public static readonly KeyRange Leftovers = new(LeftoverPrefix, LeftoverPrefix + "~");

    public static string Queue(string name) => QueuePrefix + name;

    /// <summary>What was done in a queue, by one process or by many.</summary>
    public static string Totals(string table, string whose) => $"{TotalsPrefix}{table}:{whose}";

    public static KeyRange TotalsOf(string table) => new(Totals(table, ""), Totals(table, "~"));

    /// <summary>A shard that is being written to.</summary>
    public static string Active(string table, int shard) => $"{ActivePrefix}{table}:{Storage.RowKeys.Partition(shard)}";

    /// <summary>A table that belongs to no queue: being made, or of a deleted queue.</summary>
    public static string Leftover(string table) => LeftoverPrefix + table;
}
