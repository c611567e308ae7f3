namespace FuncQueue.Engine;

/// <summary>A record of a topic, as a message that a subscription brought into a queue tells of it.</summary>
public sealed record TopicSource(string Topic, int Partition, long Offset, string? RoutingKey);
