namespace FuncQueue.Client;

/// <summary>The record that a subscription forwarded.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its place there.</param>
/// <param name="RoutingKey">The routing key that it was published with.</param>
public sealed record MessageSource(string Topic, int Partition, long Offset, string? RoutingKey = null);
