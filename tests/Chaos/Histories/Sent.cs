namespace FuncQueue.Chaos.Histories;

/// <summary>One attempt to enqueue one message.</summary>
public sealed record Sent
{
    public required string Queue { get; init; }

    /// <summary>What makes the message this one: in its body, and of no other message. Attempts of one message share it.</summary>
    public required string Key { get; init; }

    /// <summary>A hash of body and attributes.</summary>
    public required string Digest { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required DateTimeOffset Ended { get; init; }

    public required Ending Ending { get; init; }

    /// <summary>The answer's; null unless the call is known to have succeeded.</summary>
    public string? MessageId { get; init; }

    public long? SequenceNumber { get; init; }

    public string? Group { get; init; }

    /// <summary>Rises with each message that a group's one producer sends, which waits for each outcome before it sends the next.</summary>
    public long Position { get; init; }

    public string? DeduplicationId { get; init; }
}
