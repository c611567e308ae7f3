namespace FuncQueue.Engine.Topics;

/// <summary>The settings that a PUT names. What is left out keeps its value, or takes the default on a new topic.</summary>
public sealed record TopicSettingsChange
{
    public Given<int> Partitions { get; init; }

    public Given<TimeSpan?> Retention { get; init; }

    public Given<long?> RetentionBytes { get; init; }

    public Given<bool> KeepForGroups { get; init; }

    public Given<bool> Compact { get; init; }

    public Given<TimeSpan> TombstoneTime { get; init; }

    public Given<string?> AlternateQueue { get; init; }

    public Given<TimeSpan> DeduplicationWindow { get; init; }

    public Given<bool> ContentBasedDeduplication { get; init; }

    public Given<IReadOnlyDictionary<string, string>> Tags { get; init; }

    public Given<IReadOnlyDictionary<string, string>> Annotations { get; init; }

    /// <summary>The settings that result from this change to <paramref name="current"/>.</summary>
    public TopicSettings ApplyTo(TopicSettings current)
    {
        ArgumentNullException.ThrowIfNull(current);
        return new TopicSettings
        {
            Partitions = Partitions.Or(current.Partitions),
            Retention = Retention.Or(current.Retention),
            RetentionBytes = RetentionBytes.Or(current.RetentionBytes),
            KeepForGroups = KeepForGroups.Or(current.KeepForGroups),
            Compact = Compact.Or(current.Compact),
            TombstoneTime = TombstoneTime.Or(current.TombstoneTime),
            AlternateQueue = AlternateQueue.Or(current.AlternateQueue),
            DeduplicationWindow = DeduplicationWindow.Or(current.DeduplicationWindow),
            ContentBasedDeduplication = ContentBasedDeduplication.Or(current.ContentBasedDeduplication),
            Tags = Tags.Or(current.Tags),
            Annotations = Annotations.Or(current.Annotations),
        };
    }
}
