namespace FuncQueue.Chaos.Histories;

/// <summary>What a queue promises beyond the common.</summary>
/// <param name="MaxDeliveryCount">Null: no limit.</param>
/// <param name="IsFed">What is in it comes from a topic: nobody sends to it.</param>
public sealed record QueueRules(string Name, int? MaxDeliveryCount, bool IsFifo, bool IsFed = false);
