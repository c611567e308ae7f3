namespace FuncQueue.Engine;

/// <summary>Messages of a queue by status, as the rows were when they were read.</summary>
public readonly record struct MessageCounts(long Ready, long Leased, long Scheduled, long DeadLettered)
{
    internal MessageCounts Plus(MessageCounts other) =>
        new(Ready + other.Ready, Leased + other.Leased, Scheduled + other.Scheduled, DeadLettered + other.DeadLettered);

    /// <summary>The counts with so many more messages of this status; null counts nothing.</summary>
    internal MessageCounts Plus(MessageStatus? status, int messages = 1) =>
        status switch
        {
            MessageStatus.Ready => this with { Ready = Ready + messages },
            MessageStatus.Leased => this with { Leased = Leased + messages },
            MessageStatus.Scheduled => this with { Scheduled = Scheduled + messages },
            MessageStatus.DeadLettered => this with { DeadLettered = DeadLettered + messages },
            _ => this,
        };
}
