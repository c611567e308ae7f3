using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Writing;

/// <summary>
/// However many rows of a flight others have changed, it takes three writes at most, and what shares the first is sent once more.
/// </summary>
public sealed class StaleRowTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Messages = 60;

    private EngineOptions OneInARow => Options with { MaxMessagesPerRow = 1 };

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task Acks_of_rows_that_were_all_changed_meanwhile_take_two_writes(QueueType type)
    {
        var (engine, other, messages) = await LeaseAsync(type);
        (await engine.TrySettleAsync(new Settlement.Extend(TimeSpan.FromMinutes(10)), messages)).Value.ShouldAllBe(s =>
            s.Status == SettleStatus.Ok
        );
        other.Requests.Clear();
        (await other.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        ExpectFew(other, type);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task Acks_of_which_every_other_row_was_changed_meanwhile_take_three_writes(QueueType type)
    {
        // The leasing process remembers all of them, as they were before the other one extended some.
        var (engine, other, messages) = await LeaseAsync(type);
        var some = messages.Where((_, i) => i % 2 == 0);
        (await other.TrySettleAsync(new Settlement.Extend(TimeSpan.FromMinutes(10)), some)).Value.ShouldAllBe(s =>
            s.Status == SettleStatus.Ok
        );
        engine.Requests.Clear();
        (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        ExpectFew(engine, type);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
    }

    [Fact]
    public async Task Acks_that_were_all_done_elsewhere_are_refused_after_one_write()
    {
        var (engine, other, messages) = await LeaseAsync(QueueType.Standard);
        (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        other.Requests.Clear();
        (await other.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.LeaseLost);
        Writes(other).Count.ShouldBeLessThanOrEqualTo(1);
        other.Requests.Count.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task An_enqueue_beside_them_is_sent_twice_at_most()
    {
        var (engine, other, messages) = await LeaseAsync(QueueType.Standard);
        (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        await other.EnqueueAsync("aside");
        var aside = await other.DequeueOneAsync();
        // Both come while a write of the loop that acks is under way: so they are planned together.
        var held = other.Faults.Hold(r => r.ChangesMessages && !r.InsertsMessages);
        var first = other.ExtendAsync(aside, TimeSpan.FromMinutes(5));
        await held.Reached;
        other.Requests.Clear();
        var (acks, enqueue) = (other.TrySettleAsync(new Settlement.Ack(), messages), other.EnqueueAsync("beside"));
        held.Release();
        (await first).Status.ShouldBe(SettleStatus.Ok);
        await enqueue;
        (await acks).Value.ShouldAllBe(s => s.Status == SettleStatus.LeaseLost);
        other.Requests.All.Count(r => r.InsertsMessages && r.ChangesMessages).ShouldBe(1, "they were sent together, once");
        other.Requests.CountOf(r => r.InsertsMessages).ShouldBe(2);
    }

    private static List<StorageRequest> Writes(TestEngine engine) => [.. engine.Requests.All.Where(r => r.WritesQueue)];

    private static void ExpectFew(TestEngine engine, QueueType type)
    {
        var writes = Writes(engine);
        writes.Count.ShouldBeLessThanOrEqualTo(
            type == QueueType.Standard ? 3 : 6,
            "a transaction carries half as many where each message has a lock"
        );
        // Each row once in vain and once for good, with its lock or the flight's mark.
        writes.Sum(w => w.Operations.Count).ShouldBeLessThanOrEqualTo(Messages * (type == QueueType.Standard ? 2 : 5) + 3);
    }

    private async Task<(TestEngine Engine, TestEngine Other, IReadOnlyList<DeliveredMessage> Messages)> LeaseAsync(QueueType type)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = type }, OneInARow), Start(OneInARow));
        for (var i = 0; i < Messages; i += 30)
            await engine.EnqueueAllAsync(
                Enumerable.Range(i, 30).Select(n => TestEngine.Text($"{n}") with { GroupId = type == QueueType.Fifo ? $"g{n}" : null })
            );
        var messages = new List<DeliveredMessage>();
        while (messages.Count < Messages)
            messages.AddRange(await engine.DequeueAsync(Messages - messages.Count, TimeSpan.FromMinutes(5)));
        // So that it has marked the shard.
        await other.EnqueueAsync(TestEngine.Text("marks") with { GroupId = type == QueueType.Fifo ? "marks" : null });
        return (engine, other, messages);
    }
}
