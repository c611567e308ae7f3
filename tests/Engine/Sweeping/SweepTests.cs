using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Sweeping;

/// <summary>What a sweep does to messages, each scope its part, and what it leaves alone.</summary>
public sealed class SweepTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Expired_leases_become_ready_again_and_keep_their_count()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("a", "b", "c");
        await engine.DequeueAsync(2, Lease);
        Time.Advance(Lease + Options.ClockSkewBound);
        var report = await sweeper.SweepAsync(SweepScope.ExpiredLeases);
        report.Redelivered.ShouldBe(2);
        report.ShardsVisited.ShouldBe(1);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(3, 0, 0, 0));
        (await engine.DequeueAsync(3)).Select(m => m.Message.DeliveryCount).Order().ShouldBe([1, 2, 2]);
    }

    [Fact]
    public async Task A_sweep_never_ends_a_lease_that_holds()
    {
        var (engine, sweeper) = (
            await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1, MessageTimeToLive = TimeSpan.FromSeconds(60) }),
            Start()
        );
        await engine.EnqueueAsync("a");
        var message = await engine.DequeueOneAsync(TimeSpan.FromHours(1));
        Time.Advance(TimeSpan.FromHours(1) + Options.ClockSkewBound - TimeSpan.FromTicks(1));
        // At its last delivery, and past its time to live: yet it is somebody's.
        (await sweeper.SweepAsync(everything: true)).ShouldSatisfyAllConditions(
            r => r.Redelivered.ShouldBe(0),
            r => r.DeadLettered.ShouldBe(0),
            r => r.Expired.ShouldBe(0)
        );
        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
    }

    [Fact]
    public async Task Messages_past_their_deliveries_are_dead_lettered_when_their_last_lease_ends()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 2 }), Start());
        await engine.EnqueueAllAsync("a", "b");
        await engine.DequeueAsync(1, TimeSpan.Zero);
        var last = (await engine.DequeueAsync(2, Lease)).Single(m => m.Message.DeliveryCount == 2);
        Time.Advance(Lease + Options.ClockSkewBound);
        (await sweeper.SweepAsync(SweepScope.Poison)).DeadLettered.ShouldBe(1);
        var dead = await engine.FindAsync(last.Id());
        dead.Status.ShouldBe(MessageStatus.DeadLettered);
        dead.DeadLetterReason.ShouldBe("max-delivery-count-exceeded");
        dead.DeadLetteredAt.ShouldBe(Time.GetUtcNow());
        dead.DeliveryCount.ShouldBe(2);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 1));
    }

    [Theory]
    [InlineData(ExpiryAction.Drop)]
    [InlineData(ExpiryAction.DeadLetter)]
    public async Task Messages_past_their_time_to_live_are_dropped_or_dead_lettered_as_the_queue_says(ExpiryAction onExpiry)
    {
        var (engine, sweeper) = (await StartWithQueueAsync(new QueueSettingsChange { OnExpiry = onExpiry }), Start());
        await engine.EnqueueAllAsync([TestEngine.Text("short") with { TimeToLive = TimeSpan.FromSeconds(60) }, TestEngine.Text("long")]);
        Time.Advance(TimeSpan.FromSeconds(60));
        var report = await sweeper.SweepAsync(SweepScope.Poison);
        (report.Expired, report.DeadLettered).ShouldBe(onExpiry == ExpiryAction.Drop ? (1, 0) : (0, 1));
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, onExpiry == ExpiryAction.Drop ? 0 : 1));
        if (onExpiry == ExpiryAction.DeadLetter)
            (await engine.DequeueOneAsync(source: MessageSource.DeadLetters)).Message.DeadLetterReason.ShouldBe("expired");
    }

    [Fact]
    public async Task Each_scope_does_its_part_only()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 2 }), Start());
        await engine.EnqueueAsync("poison");
        await engine.DequeueOneAsync(TimeSpan.Zero);
        await engine.EnqueueAsync("come back");
        (await engine.DequeueEverythingAsync(Lease)).Count.ShouldBe(2);
        await engine.EnqueueAsync(TestEngine.Text("expired") with { TimeToLive = TimeSpan.FromSeconds(60) });
        Time.Advance(TimeSpan.FromSeconds(60));
        await ExpectAsync(sweeper, SweepScope.Storage, redelivered: 0, deadLettered: 0, expired: 0);
        await ExpectAsync(sweeper, SweepScope.ExpiredLeases, redelivered: 1, deadLettered: 0, expired: 0);
        await ExpectAsync(sweeper, SweepScope.Poison, redelivered: 0, deadLettered: 1, expired: 1);
        await ExpectAsync(sweeper, SweepScope.All, redelivered: 0, deadLettered: 0, expired: 0);
    }

    [Fact]
    public async Task Sweeping_again_changes_nothing()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 2 }), Start());
        await engine.EnqueueAllAsync(
            Enumerable.Range(0, 9).Select(i => TestEngine.Text($"{i}") with { TimeToLive = i < 3 ? TimeSpan.FromSeconds(60) : null })
        );
        await engine.DequeueAsync(6, TimeSpan.Zero);
        await engine.DequeueAsync(9, Lease);
        Time.Advance(TimeSpan.FromMinutes(2));
        var first = await sweeper.SweepAsync();
        (first.Expired, first.DeadLettered, first.Redelivered).ShouldBe((3, 3, 3));
        foreach (var process in new[] { sweeper, engine, Start() })
        {
            await ExpectAsync(process, SweepScope.All, 0, 0, 0);
            (await process.CountsAsync()).ShouldBe(new MessageCounts(3, 0, 0, 3));
        }
    }

    [Fact]
    public async Task A_process_that_remembers_rows_as_they_were_sweeps_them_as_they_are()
    {
        var (producer, consumer) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 }), Start());
        await producer.EnqueueAllAsync("a", "b");
        await consumer.DequeueAsync(2, Lease);
        Time.Advance(Lease + Options.ClockSkewBound);
        await ExpectAsync(producer, SweepScope.All, redelivered: 0, deadLettered: 2, expired: 0);
        (await consumer.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, 2));
    }

    [Fact]
    public async Task Dead_letters_past_their_own_time_to_live_are_dropped()
    {
        var (engine, sweeper) = (
            await StartWithQueueAsync(new QueueSettingsChange { DeadLetterTimeToLive = TimeSpan.FromMinutes(10) }),
            Start()
        );
        await engine.EnqueueAsync(TestEngine.Text("a") with { TimeToLive = TimeSpan.FromDays(1) });
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        await ExpectAsync(sweeper, SweepScope.All, 0, 0, 0);
        (await engine.CountsAsync()).DeadLettered.ShouldBe(1);
        Time.Advance(TimeSpan.FromTicks(1));
        await ExpectAsync(sweeper, SweepScope.All, 0, 0, 1);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task Without_a_time_to_live_of_their_own_dead_letters_stay()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync(TestEngine.Text("a") with { TimeToLive = TimeSpan.FromSeconds(60) });
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        Time.Advance(TimeSpan.FromDays(1000));
        await ExpectAsync(Start(), SweepScope.All, 0, 0, 0, everything: true);
        (await engine.CountsAsync()).DeadLettered.ShouldBe(1);
    }

    [Fact]
    public async Task Every_shard_of_every_queue_is_swept()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { Shards = 4 });
        await engine.EnqueueInEveryShardAsync(4);
        await engine.DequeueEverythingAsync(Lease);
        engine.Queue = TestEngine.Name("other");
        await engine.PutQueueAsync();
        await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync(Lease);
        Time.Advance(TimeSpan.FromHours(1));
        var report = await Start().SweepAsync();
        report.Redelivered.ShouldBe(5);
        report.ShardsVisited.ShouldBe(5);
    }

    private static async Task ExpectAsync(
        TestEngine sweeper,
        SweepScope scope,
        int redelivered,
        int deadLettered,
        int expired,
        bool everything = false
    )
    {
        var report = await sweeper.SweepAsync(scope, everything);
        report.ShardsFailed.ShouldBe(0);
        (report.Redelivered, report.DeadLettered, report.Expired).ShouldBe((redelivered, deadLettered, expired), $"a sweep of {scope}");
    }
}
