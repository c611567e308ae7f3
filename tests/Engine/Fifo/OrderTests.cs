using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>Guarantee 4: messages of a group come in the order in which their enqueues succeeded.</summary>
[Trait("Guarantee", "4")]
public sealed class OrderTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    [Fact]
    public async Task Messages_of_a_group_come_in_the_order_of_their_enqueues()
    {
        var engine = await StartFifoAsync();
        await EnqueueEachAsync(engine, "a", 5);
        for (var i = 1; i <= 5; i++)
        {
            var message = await engine.DequeueOneAsync();
            message.Text().ShouldBe($"a{i}");
            (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        }

        (await engine.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Enqueues_through_several_processes_are_in_one_order()
    {
        var engines = new[] { await StartFifoAsync(), Start(), Start() };
        for (var i = 1; i <= 12; i++)
            await engines[i % 3].EnqueueAsync(Message("a", $"{i}"));
        Texts(await engines[0].DequeueAsync(100)).ShouldBe(Enumerable.Range(1, 12).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Messages_enqueued_together_keep_their_order()
    {
        var engine = await StartFifoAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(1, 100).Select(i => Message("a", $"{i}")));
        Texts(await engine.DequeueAsync(100)).ShouldBe(Enumerable.Range(1, 100).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Sequence_numbers_rise_in_a_group_and_are_told_at_both_ends()
    {
        var engines = new[] { await StartFifoAsync(), Start() };
        var told = new List<long?>();
        for (var i = 0; i < 6; i++)
            told.Add((await engines[i % 2].TryEnqueueAsync(Message("a", $"{i}"))).Value.SequenceNumber);
        told.ShouldAllBe(n => n != null);
        told.ShouldBe(told.OrderBy(n => n));
        told.ShouldBeUnique();
        (await engines[0].DequeueAsync(100)).Select(m => m.Message.SequenceNumber).ShouldBe(told);
    }

    [Fact]
    public async Task The_order_holds_when_a_clock_goes_back()
    {
        var (ahead, behind) = (Start(time: Clock(TimeSpan.FromHours(1))), Start());
        await ahead.PutQueueAsync(Fifo);
        await ahead.EnqueueAsync(Message("a", "first"));
        await behind.EnqueueAsync(Message("a", "second"));
        Time.Advance(TimeSpan.FromHours(1));
        Texts(await behind.DequeueAsync(100)).ShouldBe(["first", "second"]);

        TimeProvider Clock(TimeSpan offset) => new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Time.GetUtcNow() + offset);
    }

    [Fact]
    public async Task A_message_that_was_nacked_comes_before_those_behind_it()
    {
        var engine = await StartFifoAsync();
        await EnqueueEachAsync(engine, "a", 3);
        await engine.NackAsync(await engine.DequeueOneAsync(), TimeSpan.Zero);
        Texts(await engine.DequeueAsync(100)).ShouldBe(["a1", "a2", "a3"]);
    }

    [Fact]
    public async Task A_nack_with_a_delay_holds_the_group_back_until_then()
    {
        var engine = await StartFifoAsync();
        await EnqueueEachAsync(engine, "a", 2);
        await engine.EnqueueAsync(Message("b", "b1"));
        await engine.NackAsync(await engine.DequeueOneAsync(), TimeSpan.FromMinutes(1));
        Texts(await engine.DequeueAsync(100)).ShouldBe(["b1"]);
        (await engine.DequeueAsync(100)).ShouldBeEmpty();
        Time.Advance(TimeSpan.FromMinutes(1));
        Texts(await engine.DequeueAsync(100)).ShouldContain("a1");
    }

    [Fact]
    public async Task The_delay_of_the_queue_holds_every_message_back_in_order()
    {
        var engine = await StartFifoAsync(Fifo with { Delay = TimeSpan.FromSeconds(10) });
        await EnqueueEachAsync(engine, "a", 2);
        (await engine.DequeueAsync(100)).ShouldBeEmpty();
        (await engine.CountsAsync()).Scheduled.ShouldBe(2);
        Time.Advance(TimeSpan.FromSeconds(10));
        Texts(await engine.DequeueAsync(100)).ShouldBe(["a1", "a2"]);
    }

    [Fact]
    public async Task A_message_past_its_time_to_live_does_not_hold_its_group()
    {
        var engine = await StartFifoAsync();
        await engine.EnqueueAsync(Message("a", "short") with { TimeToLive = TimeSpan.FromSeconds(60) });
        await engine.EnqueueAsync(Message("a", "long"));
        Time.Advance(TimeSpan.FromSeconds(61));
        Texts(await engine.DequeueAsync(100)).ShouldBe(["long"]);
    }

    [Fact]
    public async Task Messages_leave_with_mode_delete_in_order_too()
    {
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 4);
        Texts(await engine.DequeueAsync(2, delete: true)).ShouldBe(["a1", "a2"]);
        Texts(await other.DequeueAsync(1, delete: true)).ShouldBe(["a3"]);
        Texts(await engine.DequeueAsync(5, delete: true)).ShouldBe(["a4"]);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task Long_bodies_keep_their_place()
    {
        var engine = await StartFifoAsync();
        await engine.EnqueueAsync(Message("a", "small"));
        await engine.EnqueueAsync(Message("a", new string('x', Limits.MaxInlineBodyBytes + 1)));
        await engine.EnqueueAsync(Message("a", "after"));
        (await engine.DequeueAsync(100)).Select(m => m.Message.BodyLength).ShouldBe([5, Limits.MaxInlineBodyBytes + 1, 5]);
    }

    [Fact]
    public async Task Each_shard_of_a_queue_has_its_own_groups()
    {
        var engines = new[] { await StartFifoAsync(Fifo with { Shards = 4 }), Start() };
        var groups = Enumerable.Range(0, 20).Select(i => $"g{i}.").ToList();
        foreach (var group in groups)
            await EnqueueEachAsync(engines[0], group, 2);
        var delivered = await engines[1].DequeueEverythingAsync();
        delivered.Select(m => m.Id().ShardOf()).Distinct().Count().ShouldBe(4);
        foreach (var group in groups)
        {
            var own = delivered.Where(m => m.Message.GroupId == group).ToList();
            Texts(own).ShouldBe([$"{group}1", $"{group}2"]);
            own.Select(m => m.Id().ShardOf()).Distinct().ShouldHaveSingleItem();
        }
    }
}
