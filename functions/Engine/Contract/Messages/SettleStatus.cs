namespace FuncQueue.Engine;

public enum SettleStatus
{
    Ok,

    /// <summary>The lease is over: the message was delivered again, or settled. Nothing was changed.</summary>
    LeaseLost,

    /// <summary>No receipt of this queue. Nothing was changed.</summary>
    MalformedReceipt,
}
