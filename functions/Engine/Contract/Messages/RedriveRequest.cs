namespace FuncQueue.Engine;

/// <summary>Which dead letters to make live again: those named, or up to <c>MaxMessages</c> of all (null: all).</summary>
public sealed record RedriveRequest
{
    /// <summary>The queue to move them to; null: their own. Each arrives there once at most, even if a process dies in between.</summary>
    public QueueName? To { get; init; }

    public IReadOnlyList<MessageId>? MessageIds { get; init; }

    /// <summary>Excludes <see cref="MessageIds"/>; null: none.</summary>
    public MessageFilter? Filter { get; init; }

    /// <summary>Whether a dead letter of this reason is to be moved; null: every one is.</summary>
    public Func<string?, bool>? OfReason { get; init; }

    public int? MaxMessages { get; init; }
}
