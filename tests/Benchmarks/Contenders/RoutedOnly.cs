using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>Subscriptions that records are routed to, as ever, and not forwarded to: what publishing costs by itself.</summary>
internal sealed class RoutedOnly(IReadOnlyList<Binding> bindings) : ITopicSubscriptions
{
    private readonly SubscriptionMatcher matcher = SubscriptionMatcher.Compile(
        bindings.Select((b, number) => KeyValuePair.Create(number, TopicExchange.FiltersOf(b)))
    );

    private volatile Routes routes = new(0, null);

    public IRoutes Known => routes;

    public ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken)
    {
        routes = new Routes(version, matcher);
        return default;
    }

    public void Appended(RecordRow row, LogHead head) { }

    public Task<long> LeastNeededAsync(int partition, long end, CancellationToken cancellationToken) => Task.FromResult(0L);

    public Task<Failure?> EndSourcesAsync(CancellationToken cancellationToken) => Task.FromResult<Failure?>(null);

    public Task<Outcome<bool>> DrainAsync(bool drop, TimeSpan time, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<bool>>(false);

    public Task WhenIdleAsync() => Task.CompletedTask;

    private sealed class Routes(long version, SubscriptionMatcher? matcher) : IRoutes
    {
        public long Version => version;

        public bool HasAlternate => false;

        public SubscriptionSet Route(in Routable record) => matcher?.Match(record) ?? SubscriptionSet.None;
    }
}
