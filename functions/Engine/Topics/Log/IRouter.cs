using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>What filters see of a record.</summary>
/// <param name="RoutingKey">Without one: the empty one.</param>
/// <param name="Body">Null: it is longer than <see cref="Limits.MaxFilteredBodyBytes"/>, and no filter of bodies matches.</param>
internal readonly record struct Routable(string RoutingKey, IReadOnlyDictionary<string, string> Attributes, ReadOnlyMemory<byte>? Body);

/// <summary>One version of a topic's subscriptions. Immutable.</summary>
internal interface IRoutes
{
    long Version { get; }

    /// <summary>Whether what no subscription takes goes to an alternate queue.</summary>
    bool HasAlternate { get; }

    /// <summary>The subscriptions that take a record.</summary>
    SubscriptionSet Route(in Routable record);
}

/// <summary>What this process knows of a topic's subscriptions. Thread-safe.</summary>
internal interface IRouter
{
    /// <summary>The latest version that this process knows.</summary>
    IRoutes Known { get; }

    /// <summary>
    /// Gets to know a version that the head of a partition has, or a later one, reading no more than what has changed; why it could not, or
    /// null.
    /// </summary>
    ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken);
}

/// <summary>A topic that nobody subscribes to.</summary>
internal sealed class NoRoutes : IRoutes
{
    public static readonly NoRoutes Instance = new();

    public long Version => 0;

    public bool HasAlternate => false;

    public SubscriptionSet Route(in Routable record) => SubscriptionSet.None;
}
