using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Registry;

/// <summary>A topic's registry row: what callers see, and where this generation lies.</summary>
/// <param name="WrittenAt">By storage's clock: tells the later of two readings.</param>
internal sealed record TopicRecord(TopicInfo Info, QueuePlace Place, ETag ETag, DateTimeOffset WrittenAt) : IGenerationRecord<TopicName>
{
    private const string DeletingAtColumn = "DeletingAt";
    private const string DropColumn = "Drop";

    /// <summary>What callers know the settings by: another with each write of them.</summary>
    public const string RevisionColumn = "Revision";

    public TopicName Name => Info.Name;

    public string Table => Place.Table;

    public TopicSettings Settings => Info.Settings;

    /// <summary>Whether the topic is being deleted: nothing more is stored in it, and its name is not free yet.</summary>
    public bool IsDeleting { get; private init; }

    /// <summary>Of a topic that is being deleted: what its subscriptions have not taken yet is dropped.</summary>
    public bool Drops { get; private init; }

    /// <summary>A table name that no topic had before.</summary>
    public static string NewTableName(TopicName topic)
    {
        var generation = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{topic.Value}/{generation}"));
        return "t" + Convert.ToHexStringLower(hash.AsSpan(0, 20));
    }

    public static TableEntity ToEntity(
        TopicName topic,
        QueuePlace place,
        TopicSettings settings,
        DateTimeOffset createdAt,
        DateTimeOffset changedAt
    ) =>
        place.Write(
            new TableEntity(TopicKeys.Partition, TopicKeys.Topic(topic.Value))
            {
                ["CreatedAt"] = createdAt,
                ["ChangedAt"] = changedAt,
                [RevisionColumn] = RandomNumberGenerator.GetHexString(16, lowercase: true),
                ["Settings"] = JsonSerializer.Serialize(settings, TopicSettingsJson.Default.TopicSettings),
                [AnnotationColumn.Name] = AnnotationColumn.Write(settings.Annotations),
            }
        );

    /// <summary>The topic is being deleted from now on, as far as this is still its row.</summary>
    public TableTransactionAction MarkDeleting(DateTimeOffset now, bool drop) =>
        new(
            TableTransactionActionType.UpdateMerge,
            new TableEntity(TopicKeys.Partition, TopicKeys.Topic(Name.Value)) { [DeletingAtColumn] = now, [DropColumn] = drop },
            ETag
        );

    /// <summary>The name is free, as far as this is still its row.</summary>
    public TableTransactionAction Remove() =>
        new(TableTransactionActionType.Delete, new TableEntity(TopicKeys.Partition, TopicKeys.Topic(Name.Value)), ETag);

    /// <summary>The row; <see cref="UnsupportedFormatException"/> for one that this version cannot read.</summary>
    public static TopicRecord FromEntity(TableEntity entity)
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

    private static TopicRecord Read(TableEntity entity)
    {
        var name = entity.RowKey[TopicKeys.TopicPrefix.Length..];
        if (!TopicName.TryParse(name, out var topic))
            throw new UnsupportedFormatException($"The registry has a topic of the impossible name {name}.");
        if (
            entity.GetString("Table") is null
            || entity.GetString("Settings") is not { } json
            || entity.GetString(RevisionColumn) is not { } revision
            || entity.GetDateTimeOffset("CreatedAt") is not { } createdAt
        )
            throw new UnsupportedFormatException($"The registry row {entity.RowKey} does not say all that a topic is.");
        var info = new TopicInfo
        {
            Name = topic,
            Settings = (JsonSerializer.Deserialize(json, TopicSettingsJson.Default.TopicSettings) ?? new TopicSettings()) with
            {
                Annotations = AnnotationColumn.Read(entity),
            },
            CreatedAt = createdAt,
            ChangedAt = entity.GetDateTimeOffset("ChangedAt") ?? createdAt,
            ETag = revision,
        };
        return new TopicRecord(info, QueuePlace.Read(entity), entity.StoredETag(), entity.Timestamp ?? DateTimeOffset.MinValue)
        {
            IsDeleting = entity.ContainsKey(DeletingAtColumn),
            Drops = entity.GetBoolean(DropColumn) ?? false,
        };
    }
}
