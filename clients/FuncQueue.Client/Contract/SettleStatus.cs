namespace FuncQueue.Client;

/// <summary>What became of an ack, nack, extension, release or dead-lettering.</summary>
public enum SettleStatus
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>The lease had ended and the message belongs to another, or the message was settled before.</summary>
    LeaseLost,

    /// <summary>The receipt is none of this queue.</summary>
    MalformedReceipt,

    /// <summary>An answer was lost, and a repeat found the lease gone: it was settled by the lost request, or lost.</summary>
    OutcomeUnknown,
}
