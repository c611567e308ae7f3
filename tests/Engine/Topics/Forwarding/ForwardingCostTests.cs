using System.Collections.Concurrent;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>What publish/subscribe costs in requests to storage.</summary>
public sealed class ForwardingCostTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_lone_publish_is_one_transaction_however_many_subscribe(int subscriptions)
    {
        var engine = await StartWithTopicAsync();
        for (var i = 0; i < subscriptions; i++)
            await SubscribeAsync(engine, $"queue-{i}");
        await PublishAsync(engine, "warm");
        await engine.Topics.WhenIdleAsync();
        engine.Requests.Clear();
        (await PublishAsync(engine, "a")).Matched.ShouldBe(subscriptions);
        await engine.Topics.WhenIdleAsync();
        engine.Requests.CountOf(r => r.AppendsRecords).ShouldBe(1);
        engine.Requests.Count.ShouldBe(1 + subscriptions);
    }

    [Fact]
    public async Task A_subscription_with_waiting_receivers_adds_a_twentieth_of_a_request_a_message_from_forward_to_ack()
    {
        const int Callers = 64;
        const int Each = 40;
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "first");
        await SubscribeAsync(engine, "second");
        await PublishAsync(engine, "warm");
        await engine.Topics.WhenIdleAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var received = new ConcurrentBag<string>();
        var receivers = new[] { "first", "second" }
            .SelectMany(queue => Enumerable.Range(0, 8).Select(_ => ReceiveAsync(TestEngine.Name(queue))))
            .ToList();
        await Eventually.HoldsAsync("they wait", () => received.Count == 2);
        engine.Requests.Clear();
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(async c =>
                {
                    for (var i = 0; i < Each; i++)
                        await PublishAsync(engine, $"{c}-{i}");
                })
        );
        await Eventually.HoldsAsync("all is received", () => received.Count == 2 + (2 * Callers * Each));
        var (publishes, all) = (engine.Requests.CountOf(r => r.AppendsRecords), engine.Requests.Count);
        var (toPublish, toForward) = ((double)publishes / (Callers * Each), (double)(all - publishes) / (2 * Callers * Each));
        TestContext.Current.SendDiagnosticMessage($"{toPublish:0.000} to publish, {toForward:0.000} a subscription");
        toPublish.ShouldBeLessThanOrEqualTo(0.04);
        toForward.ShouldBeLessThanOrEqualTo(0.05);
        engine.Engine.StopWaiting();
        await stop.CancelAsync();
        await Task.WhenAll(receivers);

        async Task ReceiveAsync(QueueName queue)
        {
            while (!stop.IsCancellationRequested)
            {
                var request = new DequeueRequest { MaxMessages = 100, Wait = TimeSpan.FromSeconds(20) };
                var outcome = await engine.Engine.DequeueAsync(queue, MessageSource.Live, request, Cancellation);
                if (outcome.Failure is not null || outcome.Value.Count == 0)
                    continue;
                var receipts = outcome.Value.Select(m => m.Receipt!).ToList();
                var acked = await engine.Engine.SettleAsync(queue, MessageSource.Live, new Settlement.Ack(), receipts, Cancellation);
                acked.Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
                foreach (var message in outcome.Value)
                    received.Add(message.Text());
            }
        }
    }
}
