namespace FuncQueue.Engine;

/// <summary>
/// What a queue takes from producers and gives to consumers, as its operator wants it. Settling, upkeep, what is done to dead letters and
/// what FuncQueue itself brings (from topics, from other queues) go on in every state.
/// </summary>
public enum QueueState
{
    Active,
    SendPaused,
    ReceivePaused,
    Paused,
}
