namespace FuncQueue.Client;

/// <summary>A topic that forwards to a queue.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Name">The subscription.</param>
public sealed record QueueSubscription(string Topic, string Name);
