namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>What changes of subscriptions ask of those who forward in this process.</summary>
internal interface IForwarding
{
    /// <summary>Gets to know a version of the subscriptions.</summary>
    ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken);

    /// <summary>The cursors of a subscription were put somewhere: looks at them and goes on there.</summary>
    void Restart(SubscriptionRow subscription);

    /// <summary>
    /// Takes what a subscription has still to take up to an offset of each partition; false when it was not done in time.
    /// </summary>
    Task<bool> DrainAsync(SubscriptionRow subscription, IReadOnlyList<long> upTo, TimeSpan time, CancellationToken cancellationToken);
}
