using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>Transactions over several rows of which another process has changed some.</summary>
[Trait("Guarantee", "2")]
public sealed class SharedRowTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private EngineOptions SmallRows => Options with { MaxMessagesPerRow = 2 };

    [Fact]
    public async Task A_dequeue_over_several_rows_passes_over_what_others_took_and_hands_out_the_rest()
    {
        var (engine, other) = (await StartWithQueueAsync(options: SmallRows), Start(SmallRows));
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, 10).Select(i => $"{i}"));
        var taken = (await other.DequeueAsync(3)).Select(m => m.Id()).ToList();
        var rest = await engine.DequeueEverythingAsync();
        rest.Select(m => m.Id()).ShouldBe(ids.Except(taken), ignoreOrder: true);
        rest.ShouldAllBe(m => m.Message.DeliveryCount == 1);
    }

    [Fact]
    public async Task Acks_over_several_rows_that_others_changed_are_all_carried_out()
    {
        var (engine, other) = (await StartWithQueueAsync(options: SmallRows), Start(SmallRows));
        await engine.EnqueueAllAsync(Enumerable.Range(0, 12).Select(i => $"{i}"));
        var messages = await engine.DequeueEverythingAsync();
        var (mine, theirs) = (messages.Where((_, i) => i % 2 == 0), messages.Where((_, i) => i % 2 == 1));
        (await other.TrySettleAsync(new Settlement.Ack(), theirs)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        (await engine.TrySettleAsync(new Settlement.Ack(), mine)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        (await other.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task Leases_and_settlements_of_two_processes_in_the_same_rows_do_not_undo_each_other()
    {
        var (engine, other) = (await StartWithQueueAsync(options: SmallRows), Start(SmallRows));
        for (var round = 0; round < 15; round++)
        {
            var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, 6).Select(i => $"{round}.{i}"));
            // What the engine has purged may be in its mind still: then there are fewer at first.
            var leased = new List<DeliveredMessage>();
            for (var attempt = 0; attempt < 10 && leased.Count < 3; attempt++)
                leased.AddRange(await other.DequeueAsync(3 - leased.Count));
            leased.Count.ShouldBe(3);
            var acks = engine.TrySettleAsync(new Settlement.Ack(), leased.Take(1));
            var nacks = other.TrySettleAsync(new Settlement.Nack(TimeSpan.FromHours(1), null), leased.Skip(1).Take(1));
            var more = engine.DequeueAsync(2);
            var others = other.DequeueAsync(2);
            (await acks).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
            (await nacks).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
            var out1 = (await more).Concat(await others).Concat(await engine.DequeueEverythingAsync()).Select(m => m.Id()).ToList();
            out1.Concat(leased.Select(m => m.Id())).ShouldBe(ids, ignoreOrder: true);
            (await engine.CountsAsync()).ShouldBe(new MessageCounts(0, 4, 1, 0));
            (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.Count.ShouldBe(5);
        }
    }
}
