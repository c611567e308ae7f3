namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// One step of a history of a topic. <c>Process</c> (0 or 1) carries it out. <c>Subscriber</c>: 0 is a standard queue, 1 a FIFO queue, 2
/// another topic with a queue behind it.
/// </summary>
public abstract record TopicOperation
{
    private TopicOperation() { }

    /// <summary>Publishes so many records, one by one or in one call.</summary>
    public sealed record Publish(int Process, string? Key, string RoutingKey, int Count, bool Together) : TopicOperation;

    /// <param name="RoutingKeys">None: everything.</param>
    public sealed record Subscribe(int Process, int Subscriber, string[] RoutingKeys, bool FromEarliest) : TopicOperation;

    /// <summary>Changes the filters of all that are subscribed, as one.</summary>
    public sealed record Change(int Process, string[] RoutingKeys) : TopicOperation;

    public sealed record Unsubscribe(int Process, int Subscriber) : TopicOperation;

    public sealed record Seek(int Process, int Subscriber, bool ToEarliest) : TopicOperation;

    /// <summary>The process dies; another takes its place.</summary>
    public sealed record Restart(int Process) : TopicOperation;

    /// <summary>Takes out of every queue what must be there by now, and nothing else.</summary>
    public sealed record Look(int Process) : TopicOperation;

    public sealed record PassTime(int Seconds) : TopicOperation;
}
