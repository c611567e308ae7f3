namespace FuncQueue.Client;

/// <summary>What a processor did when it failed.</summary>
public enum FuncQueueErrorSource
{
    /// <summary>It asked for messages, or read a body. It goes on, after a pause.</summary>
    Receive,

    /// <summary>The handler threw. The message is given back.</summary>
    Handler,

    /// <summary>It renewed leases. It tries again until they end.</summary>
    Renew,

    /// <summary>It settled a message.</summary>
    Settle,
}
