using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine;

/// <summary>Which messages of a queue are meant: what is not null must hold.</summary>
public sealed record MessageFilter
{
    /// <summary>Why it was dead-lettered. No live message has a reason.</summary>
    public string? Reason { get; init; }

    public string? GroupId { get; init; }

    /// <summary>Dead letters that were dead-lettered, live messages that were enqueued, earlier than this.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>As <see cref="Before"/>: at this instant or later.</summary>
    public DateTimeOffset? After { get; init; }

    public AttributeFilter? Attributes { get; init; }

    /// <summary>Whether what a message says of itself must be read to tell.</summary>
    internal bool IsAboutContent => Reason is not null || GroupId is not null || Attributes is not null;

    internal bool TakesAttributes(IReadOnlyDictionary<string, string> attributes) => Attributes?.Matches(attributes) ?? true;
}
