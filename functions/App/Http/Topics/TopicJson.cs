using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>A topic's settings in JSON, both ways.</summary>
internal static class TopicJson
{
    public static TopicSettingsChange Read(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(
            root,
            faults,
            "",
            "partitions",
            "retentionSeconds",
            "retentionBytes",
            "keepForGroups",
            "compact",
            "tombstoneSeconds",
            "alternateQueue",
            "deduplicationWindowSeconds",
            "contentBasedDeduplication",
            "tags"
        );
        return new TopicSettingsChange
        {
            Partitions = members.Number("partitions") is { } partitions ? partitions : default(Given<int>),
            Retention =
                members.IsNull("retentionSeconds") ? new Given<TimeSpan?>(null)
                : members.Seconds("retentionSeconds") is { } retention ? new Given<TimeSpan?>(retention)
                : default,
            RetentionBytes =
                members.IsNull("retentionBytes") ? new Given<long?>(null)
                : members.Count("retentionBytes") is { } bytes ? new Given<long?>(bytes)
                : default,
            KeepForGroups = members.Boolean("keepForGroups") is { } keep ? keep : default(Given<bool>),
            Compact = members.Boolean("compact") is { } compact ? compact : default(Given<bool>),
            TombstoneTime = members.Seconds("tombstoneSeconds") is { } tombstone ? tombstone : default(Given<TimeSpan>),
            AlternateQueue =
                members.IsNull("alternateQueue") ? new Given<string?>(null)
                : members.Text("alternateQueue") is { } queue ? new Given<string?>(queue)
                : default,
            DeduplicationWindow = members.Seconds("deduplicationWindowSeconds") is { } window ? window : default(Given<TimeSpan>),
            ContentBasedDeduplication = members.Boolean("contentBasedDeduplication") is { } byContent ? byContent : default(Given<bool>),
            Tags = members.Strings("tags") is { } tags ? new Given<IReadOnlyDictionary<string, string>>(tags) : default,
        };
    }

    public static IResult Answer(int code, TopicStatus status) =>
        new JsonResponse(
            code,
            writer =>
            {
                writer.WriteStartObject();
                Write(writer, status.Topic);
                writer.WriteStartArray("offsets");
                foreach (var partition in status.Partitions)
                    Write(writer, partition);
                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            headers: headers => headers.ETag = $"\"{status.Topic.ETag}\""
        );

    public static void Write(Utf8JsonWriter writer, TopicInfo topic)
    {
        var settings = topic.Settings;
        writer.WriteString("name", topic.Name.Value);
        writer.WriteNumber("partitions", settings.Partitions);
        if (settings.Retention is { } retention)
            Durations.Write(writer, "retentionSeconds", retention);
        else
            writer.WriteNull("retentionSeconds");
        if (settings.RetentionBytes is { } bytes)
            writer.WriteNumber("retentionBytes", bytes);
        else
            writer.WriteNull("retentionBytes");
        writer.WriteBoolean("keepForGroups", settings.KeepForGroups);
        writer.WriteBoolean("compact", settings.Compact);
        Durations.Write(writer, "tombstoneSeconds", settings.TombstoneTime);
        writer.WriteString("alternateQueue", settings.AlternateQueue);
        Durations.Write(writer, "deduplicationWindowSeconds", settings.DeduplicationWindow);
        writer.WriteBoolean("contentBasedDeduplication", settings.ContentBasedDeduplication);
        writer.WriteStartObject("tags");
        foreach (var (name, value) in settings.Tags)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteString("createdAt", Instants.Format(topic.CreatedAt));
    }

    private static void Write(Utf8JsonWriter writer, PartitionInfo partition)
    {
        writer.WriteStartObject();
        writer.WriteNumber("partition", partition.Partition);
        writer.WriteNumber("firstOffset", partition.FirstOffset);
        writer.WriteNumber("nextOffset", partition.NextOffset);
        writer.WriteString("lastPublishedAt", partition.LastPublishedAt is { } at ? Instants.Format(at) : null);
        writer.WriteEndObject();
    }
}
