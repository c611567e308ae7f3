using System.Text;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>A test on a topic that queues subscribe to. Its methods expect success and fail the test otherwise.</summary>
public abstract class ForwardingTest(AzuriteFixture azurite) : TopicTest(azurite)
{
    protected static SubscriptionFilters Filters(string json)
    {
        SubscriptionFilters.TryParse(Encoding.UTF8.GetBytes(json), "filters", out var filters, out var faults).ShouldBeTrue();
        faults.ShouldBeEmpty();
        return filters;
    }

    /// <summary>Takes the records with one of these routing keys.</summary>
    protected static SubscriptionFilters ByKey(params IEnumerable<string> routingKeys) =>
        Filters($$"""[{"routingKey":[{{string.Join(',', routingKeys.Select(k => $"\"{k}\""))}}]}]""");

    protected static PublishRequest Routed(string text, string routingKey) => Text(text) with { RoutingKey = routingKey };

    /// <summary>Makes a queue and subscribes it, under its own name.</summary>
    protected static async Task<SubscriptionInfo> SubscribeAsync(
        TestEngine engine,
        string queue,
        SubscriptionFilters? filters = null,
        SubscriptionStart? from = null,
        QueueSettingsChange? settings = null
    )
    {
        var name = TestEngine.Name(queue);
        (await engine.Engine.SetQueueAsync(name, settings ?? new QueueSettingsChange(), default, Cancellation)).Failure.ShouldBeNull();
        return (await TrySubscribeAsync(engine, queue, filters, from)).Value.Subscription;
    }

    protected static Task<Outcome<SubscriptionPut>> TrySubscribeAsync(
        TestEngine engine,
        string queue,
        SubscriptionFilters? filters = null,
        SubscriptionStart? from = null,
        string? name = null
    ) =>
        engine
            .Topics.PutSubscriptionAsync(
                Events,
                TestEngine.Name(name ?? queue),
                new SubscriptionRequest
                {
                    Target = SubscriptionTarget.To(TestEngine.Name(queue)),
                    Filters = filters,
                    From = from ?? new SubscriptionStart.Now(),
                },
                default,
                Cancellation
            )
            .WithinPatienceAsync();

    protected static async Task<SubscriptionStatus> StatusAsync(TestEngine engine, string subscription) =>
        (await engine.Topics.GetSubscriptionsAsync(Events, TestEngine.Name(subscription), Cancellation)).Value.ShouldHaveSingleItem();

    /// <summary>Takes everything out of a queue, in the order of its delivery.</summary>
    protected static async Task<IReadOnlyList<DeliveredMessage>> TakeAllAsync(TestEngine engine, string queue)
    {
        engine.Queue = TestEngine.Name(queue);
        var all = new List<DeliveredMessage>();
        while (await engine.DequeueAsync(Limits.MaxBatchSize, delete: true) is { Count: > 0 } some)
            all.AddRange(some);
        return all;
    }

    /// <summary>Waits until everything that was routed to the subscriptions has arrived; then what is in the queue.</summary>
    protected async Task<IReadOnlyList<string>> ArrivedAsync(TestEngine engine, string queue)
    {
        await AllArriveAsync(engine, queue);
        return [.. (await TakeAllAsync(engine, queue)).Select(m => m.Text())];
    }

    /// <summary>Waits until everything that was routed to the subscriptions has arrived.</summary>
    protected Task AllArriveAsync(TestEngine engine, string queue) =>
        Eventually.HoldsAsync(
            $"all has arrived in {queue}",
            async () =>
            {
                // Who left something to others looks after a while what became of it.
                Time.Advance(TimeSpan.FromMilliseconds(500));
                return (await StatusAsync(engine, queue)).Partitions.All(p => p.Lag == 0);
            }
        );

    protected static async Task<MessageCounts> CountsAsync(TestEngine engine, string queue)
    {
        engine.Queue = TestEngine.Name(queue);
        return await engine.CountsAsync();
    }

    protected static async Task<ForwardReport> ForwardAsync(TestEngine engine) =>
        (await engine.Topics.ForwardSubscriptionsAsync(Cancellation).WithinPatienceAsync()).Value;
}
