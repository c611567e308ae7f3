using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Durability;

/// <summary>Guarantee 1: killing a process at any instant loses nothing.</summary>
[Trait("Guarantee", "1")]
public sealed class ProcessDeathTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Messages_outlive_the_process_that_enqueued_them()
    {
        var producer = await StartWithQueueAsync();
        var ids = await producer.EnqueueAllAsync(Enumerable.Range(0, 30).Select(i => $"{i}"));
        producer.Kill();
        (await Start().DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task Messages_leased_by_a_process_that_died_are_delivered_again_after_the_visibility_timeout()
    {
        var (victim, survivor) = (await StartWithQueueAsync(), Start());
        var ids = await victim.EnqueueAllAsync(Enumerable.Range(0, 10).Select(i => $"{i}"));
        var leased = await victim.DequeueAsync(6, Lease);
        victim.Kill();
        (await survivor.DequeueEverythingAsync(Lease))
            .Select(m => m.Id())
            .ShouldBe(ids.Except(leased.Select(m => m.Id())), ignoreOrder: true);
        Time.Advance(Lease + Options.ClockSkewBound);
        var again = await survivor.DequeueEverythingAsync();
        again.Where(m => m.Message.DeliveryCount == 2).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task What_a_process_leased_just_before_it_died_comes_back()
    {
        var (victim, survivor) = (await StartWithQueueAsync(), Start());
        await victim.EnqueueAsync("a");
        // The lease is written, and its process dies before it can hand the message over.
        victim.Faults.LoseAnswer(r => r.ChangesMessages && Killed(victim));
        _ = await victim.TryDequeueAsync(new DequeueRequest { VisibilityTimeout = Lease });
        (await survivor.DequeueAsync()).ShouldBeEmpty();
        Time.Advance(Lease + Options.ClockSkewBound);
        (await survivor.DequeueOneAsync()).Text().ShouldBe("a");

        static bool Killed(TestEngine engine)
        {
            engine.Kill();
            return true;
        }
    }

    [Fact]
    public async Task An_enqueue_whose_process_died_before_its_write_leaves_nothing_behind()
    {
        var (victim, survivor) = (await StartWithQueueAsync(), Start());
        await victim.EnqueueAsync("first");
        var held = victim.Faults.Hold(r => r.InsertsMessages);
        var enqueue = victim.TryEnqueueAsync("second");
        await held.Reached;
        victim.Kill();
        held.Release();
        (await enqueue).Failure.ShouldNotBeNull();
        (await survivor.DequeueEverythingAsync()).ShouldHaveSingleItem().Text().ShouldBe("first");
    }

    [Fact]
    public async Task A_process_that_stood_still_beyond_its_lease_does_not_hand_the_message_out()
    {
        var (slow, other) = (await StartWithQueueAsync(), Start());
        await slow.EnqueueAsync("a");
        var held = slow.Faults.Hold(r => r.ChangesMessages);
        var dequeue = slow.TryDequeueAsync(new DequeueRequest { VisibilityTimeout = Lease });
        await held.Reached;
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        held.Release();
        // The lease that was written late had ended by then: the message is handed out under another one that holds, or not at all.
        var delivered = (await dequeue).Value;
        delivered.ShouldAllBe(m => m.Message.VisibleAt > Time.GetUtcNow());
        if (delivered.Count == 0)
            (await other.DequeueOneAsync()).Text().ShouldBe("a");
        else
            (await other.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_orderly_stop_finishes_what_is_under_way_and_ends_waiting_receivers_with_nothing()
    {
        var (engine, other) = (await StartWithQueueAsync(time: TimeProvider.System), Start());
        var waiting = engine.DequeueAsync(wait: Limits.MaxWait);
        await Eventually.HoldsAsync("the receiver looks for messages", () => engine.Requests.CountOf(r => r.IsQuery) > 0);
        await engine.Engine.DisposeAsync().AsTask().WithinPatienceAsync();
        (await waiting).ShouldBeEmpty();
        (await other.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task An_orderly_stop_waits_for_the_writes_under_way()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("warm");
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var enqueue = engine.TryEnqueueAsync("a");
        await held.Reached;
        var stop = engine.Engine.DisposeAsync().AsTask();
        stop.IsCompleted.ShouldBeFalse();
        held.Release();
        await stop.WithinPatienceAsync();
        var id = (await enqueue).Value.MessageId;
        (await other.FindAsync(id)).Text().ShouldBe("a");
    }
}
