namespace FuncQueue.Client;

/// <summary>Where a message is.</summary>
public enum MessageStatus
{
    /// <summary>The answer does not tell.</summary>
    Unknown,

    /// <summary>It waits for a receiver.</summary>
    Ready,

    /// <summary>A receiver has it.</summary>
    Leased,

    /// <summary>It is held back until an instant.</summary>
    Scheduled,

    /// <summary>It is a dead letter.</summary>
    DeadLettered,
}
