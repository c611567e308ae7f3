using System.Collections.Concurrent;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Guarantee 2 under competition.</summary>
[Trait("Guarantee", "2")]
public sealed class LeaseRaceTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task Of_two_processes_racing_for_one_message_exactly_one_gets_the_lease(int messagesInRow)
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        for (var round = 0; round < 12; round++)
        {
            // Either of them knows the row, or neither does.
            var producer =
                round % 3 == 0 ? first
                : round % 3 == 1 ? second
                : Start();
            var ids = await producer.EnqueueAllAsync(Enumerable.Range(0, messagesInRow).Select(i => $"{round}.{i}"));
            var results = await Task.WhenAll(first.DequeueAsync(messagesInRow, Lease), second.DequeueAsync(messagesInRow, Lease));
            var delivered = results.SelectMany(m => m).ToList();
            delivered.AddRange(await first.DequeueAsync(100, Lease));
            delivered.Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
            delivered.ShouldAllBe(m => m.Message.DeliveryCount == 1);
            foreach (var message in delivered)
                (await second.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        }
    }

    [Fact]
    public async Task Of_many_receivers_in_three_processes_each_message_goes_to_one()
    {
        var engines = new[] { await StartWithQueueAsync(), Start(), Start() };
        for (var round = 0; round < 5; round++)
        {
            var ids = new ConcurrentBag<MessageId>();
            await Task.WhenAll(
                engines.Select(async engine =>
                {
                    for (var i = 0; i < 5; i++)
                        (await engine.EnqueueAllAsync(Enumerable.Range(0, 4).Select(n => $"{round}.{i}.{n}"))).ToList().ForEach(ids.Add);
                })
            );
            var results = await Task.WhenAll(Enumerable.Range(0, 45).Select(i => engines[i % 3].DequeueAsync(1 + i % 3, Lease)));
            var rest = await engines[round % 3].DequeueEverythingAsync(Lease);
            results.SelectMany(m => m).Concat(rest).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receiver_that_lost_its_race_is_told_that_there_is_nothing(bool delete)
    {
        var (slow, fast) = (await StartWithQueueAsync(), Start());
        for (var round = 0; round < 60; round++)
        {
            await slow.EnqueueAsync("a");
            var held = slow.Faults.Hold(r => r.ChangesMessages);
            var dequeue = slow.TryDequeueAsync(new DequeueRequest { Delete = delete });
            await held.Reached;
            // Time for whatever else looks after receivers to find none waiting, which depends on who is quicker.
            await slow.StatusAsync();
            (await fast.DequeueAsync(delete: true)).ShouldHaveSingleItem();
            held.Release();
            (await dequeue).Value.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Leases_of_one_message_never_overlap()
    {
        var queue = new QueueSettingsChange { MaxDeliveryCount = (int?)null };
        var engines = new[]
        {
            await StartWithQueueAsync(queue, time: TimeProvider.System),
            Start(time: TimeProvider.System),
            Start(time: TimeProvider.System),
        };
        await engines[0].EnqueueAllAsync(Enumerable.Range(0, 24).Select(i => $"{i}"));
        var deliveries = new ConcurrentBag<(MessageId Id, int Count, DateTimeOffset From, DateTimeOffset Until)>();
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async receiver =>
                {
                    var timeout = TimeSpan.FromMilliseconds(300 + receiver * 50);
                    while (deliveries.Count < 400)
                    {
                        foreach (var message in await engines[receiver % 3].DequeueAsync(3, timeout, wait: TimeSpan.FromSeconds(1)))
                            deliveries.Add(
                                (
                                    message.Id(),
                                    message.Message.DeliveryCount,
                                    message.Message.VisibleAt - timeout,
                                    message.Message.VisibleAt
                                )
                            );
                    }
                })
        );
        foreach (var ofOne in deliveries.GroupBy(d => d.Id))
        {
            var inOrder = ofOne.OrderBy(d => d.Count).ToList();
            inOrder.Select(d => d.Count).ShouldBeUnique();
            for (var i = 1; i < inOrder.Count; i++)
                inOrder[i].From.ShouldBeGreaterThanOrEqualTo(inOrder[i - 1].Until);
        }
    }

    [Fact]
    public async Task Of_an_ack_and_a_redelivery_at_the_same_instant_one_wins()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        for (var round = 0; round < 15; round++)
        {
            await first.EnqueueAllAsync("a", "b");
            var message = await first.DequeueOneAsync(Lease);
            Time.Advance(Lease + Options.ClockSkewBound);
            var ack = first.AckAsync(message);
            var dequeue = second.DequeueAsync(2, Lease);
            var again = (await dequeue).SingleOrDefault(m => m.Id() == message.Id());
            if (await ack == SettleStatus.Ok)
            {
                again.ShouldBeNull();
            }
            else
            {
                (await ack).ShouldBe(SettleStatus.LeaseLost);
                (await second.AckAsync(again.ShouldNotBeNull())).ShouldBe(SettleStatus.Ok);
            }

            (await first.Engine.PurgeAsync(first.Queue, MessageSource.Live, Cancellation)).Value.Complete.ShouldBeTrue();
        }
    }
}
