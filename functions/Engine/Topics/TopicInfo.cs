namespace FuncQueue.Engine.Topics;

/// <summary>A topic as its registry row says, without looking at its records.</summary>
public sealed record TopicInfo
{
    public required TopicName Name { get; init; }

    public required TopicSettings Settings { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the settings last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Opaque, without quotes; changes with every change of the settings.</summary>
    public required string ETag { get; init; }
}
