using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Waiting;

/// <summary>Receivers that go away.</summary>
public sealed class CancellationTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_message_leased_to_a_receiver_that_has_gone_is_given_back_without_being_counted()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 }), Start());
        await engine.EnqueueAsync("a");
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var held = engine.Faults.Hold(r => r.ChangesMessages);
        var dequeue = engine.Engine.DequeueAsync(
            engine.Queue,
            MessageSource.Live,
            new DequeueRequest { VisibilityTimeout = TimeSpan.FromHours(1) },
            cancellation.Token
        );
        await held.Reached;
        await cancellation.CancelAsync();
        held.Release();
        await Should.ThrowAsync<OperationCanceledException>(() => dequeue);
        await Eventually.HoldsAsync("the message is ready again", async () => (await other.CountsAsync()).Ready == 1);
        var message = await other.DequeueOneAsync();
        message.Message.DeliveryCount.ShouldBe(1);
        (await other.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task A_receiver_that_has_gone_takes_nothing_that_is_enqueued_later()
    {
        var engine = await StartWithQueueAsync();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var dequeue = engine.Engine.DequeueAsync(
            engine.Queue,
            MessageSource.Live,
            new DequeueRequest { Wait = Limits.MaxWait },
            cancellation.Token
        );
        await Eventually.HoldsAsync("the receiver looks for messages", () => engine.Requests.CountOf(r => r.IsQuery) > 0);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => dequeue);
        await engine.EnqueueAsync("a");
        (await engine.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_receiver_that_has_gone_before_it_came_takes_nothing()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        await Should.ThrowAsync<OperationCanceledException>(() =>
            engine.Engine.DequeueAsync(engine.Queue, MessageSource.Live, new DequeueRequest(), new CancellationToken(canceled: true))
        );
        (await engine.DequeueOneAsync()).Message.DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task Receivers_that_come_and_go_lose_no_message_and_leave_none_leased()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var random = new Random(7);
        for (var round = 0; round < 25; round++)
        {
            var ids = await (round % 2 == 0 ? engine : other).EnqueueAllAsync(Enumerable.Range(0, 5).Select(i => $"{round}.{i}"));
            var got = new List<MessageId>();
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var receivers = Enumerable
                .Range(0, 6)
                .Select(i =>
                    (i % 2 == 0 ? engine : other).Engine.DequeueAsync(
                        engine.Queue,
                        MessageSource.Live,
                        new DequeueRequest { MaxMessages = 1 + i % 3 },
                        i < 3 ? cancellation.Token : Cancellation
                    )
                )
                .ToList();
            for (var spin = random.Next(400); spin > 0; spin--)
                await Task.Yield();
            await cancellation.CancelAsync();
            foreach (var receiver in receivers)
            {
                try
                {
                    got.AddRange((await receiver.WithinPatienceAsync()).Value.Select(m => m.Id()));
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    // Gone before it got anything.
                }
            }

            await Eventually.HoldsAsync(
                "all that was not received is ready",
                async () => (await engine.CountsAsync()).Ready == 5 - got.Count
            );
            var rest = await other.DequeueEverythingAsync();
            rest.ShouldAllBe(m => m.Message.DeliveryCount == 1);
            got.Concat(rest.Select(m => m.Id())).ShouldBe(ids, ignoreOrder: true);
            (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.Complete.ShouldBeTrue();
        }
    }
}
