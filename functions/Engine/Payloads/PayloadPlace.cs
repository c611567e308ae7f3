namespace FuncQueue.Engine.Payloads;

/// <summary>Where a payload lies: a shard of a queue, or a partition of a topic.</summary>
internal readonly record struct PayloadPlace(string Table, int Shard, Guid Payload);
