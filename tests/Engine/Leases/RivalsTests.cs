using System.Collections.Concurrent;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Processes that lease from one shard keep out of each other's way, and none is left without.</summary>
public sealed class RivalsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Of_the_writes_of_four_processes_that_drain_a_shard_one_in_twenty_at_most_meets_anothers()
    {
        const int Rows = 400;
        const int PerRow = 16;
        var producer = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = PerRow }, time: TimeProvider.System);
        await Task.WhenAll(
            Enumerable.Range(0, Rows).Select(row => producer.EnqueueAllAsync(Enumerable.Range(0, PerRow).Select(i => $"{row}.{i}")))
        );
        var consumers = Enumerable.Range(0, 4).Select(_ => Start(time: TimeProvider.System)).ToList();
        var received = new ConcurrentDictionary<MessageId, bool>();
        await Task.WhenAll(
                consumers.SelectMany(consumer =>
                    Enumerable
                        .Range(0, 16)
                        .Select(_ =>
                            Task.Run(async () =>
                            {
                                while (received.Count < Rows * PerRow)
                                {
                                    foreach (var message in await consumer.DequeueAsync(wait: TimeSpan.FromSeconds(1)))
                                    {
                                        received.TryAdd(message.Id(), true).ShouldBeTrue();
                                        (await consumer.AckAsync(message)).ShouldBe(SettleStatus.Ok);
                                    }
                                }
                            })
                        )
                )
            )
            .WithinPatienceAsync();
        (await producer.CountsAsync()).ShouldBe(default);
        var conflicts = consumers.Sum(c => c.Conflicts);
        var writes = consumers.Sum(c => c.Requests.CountOf(r => r.ChangesMessages));
        // All from the oldest on would be about one in two.
        TestContext.Current.SendDiagnosticMessage($"{conflicts} conflicts of {writes} writes");
        conflicts.ShouldBeLessThanOrEqualTo(writes / 20, $"{conflicts} conflicts of {writes} writes");
    }

    [Fact]
    public async Task That_another_process_came_first_is_learnt_from_the_read_of_bodies_without_a_conflict()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var producer = Start();
        foreach (var text in new[] { "a", "b", "c" })
            await producer.EnqueueAllAsync(text);
        // It has found "a", "b" and "c", and goes to read what it is about to lease.
        var read = engine.Faults.Hold(r => r.IsQuery && !r.Uri.Query.Contains("select", StringComparison.Ordinal));
        var dequeue = engine.DequeueAsync();
        await read.Reached;
        (await other.DequeueOneAsync()).Text().ShouldBe("a");
        read.Release();
        (await dequeue).ShouldHaveSingleItem().Text().ShouldNotBe("a");
        engine.Conflicts.ShouldBe(0);
        // It has forgotten what it knew, and scans as one does among others: few rows at a time.
        engine.Requests.All.ShouldContain(r =>
            r.IsQuery
            && r.Uri.Query.Contains("select", StringComparison.Ordinal)
            && r.Uri.Query.Contains("top=64", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_row_that_others_hold_messages_of_comes_after_those_that_nobody_is_at_work_on()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        (await engine.DequeueAsync()).ShouldBeEmpty();
        await engine.EnqueueAllAsync("a", "b");
        await engine.EnqueueAllAsync("c", "d");
        await other.DequeueAsync(1);
        // It believes that "a" is there: the write meets the other's.
        (await engine.DequeueOneAsync())
            .Text()
            .ShouldBe("c");
        (await engine.DequeueOneAsync()).Text().ShouldBe("d");
        (await engine.DequeueOneAsync()).Text().ShouldBe("b");
        engine.Conflicts.ShouldBe(1);
    }

    [Fact]
    public async Task While_rivals_are_about_the_own_new_messages_of_a_process_are_handed_out_at_once()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await other.EnqueueAllAsync("a", "b", "c");
        (await engine.DequeueOneAsync()).Text().ShouldBe("a");
        (await other.DequeueOneAsync()).Text().ShouldBe("b");
        // It believes that "b" is there, and loses the race: from here on it leaves others their young messages.
        (await engine.DequeueOneAsync())
            .Text()
            .ShouldBe("c");
        engine.Conflicts.ShouldBe(1);
        var id = await engine.EnqueueAsync("own");
        // Time stands still, and this receiver can wait: it would wait for ever for what is another's.
        (await engine.DequeueAsync(wait: TimeSpan.FromSeconds(5)))
            .ShouldHaveSingleItem()
            .Id()
            .ShouldBe(id);
    }

    [Fact]
    public async Task What_is_left_to_its_own_process_is_taken_when_nobody_else_comes_for_it()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("a", "b");
        (await engine.DequeueAsync(1)).ShouldHaveSingleItem();
        (await other.DequeueAsync(1)).ShouldHaveSingleItem();
        await engine.EnqueueAllAsync("c");
        // It cannot wait, so it gets what there is.
        (await other.DequeueOneAsync())
            .Text()
            .ShouldBe("c");
    }
}
