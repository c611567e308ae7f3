using System.Collections.Concurrent;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Sweeping;

/// <summary>Sweeps overlap with each other and with everything else.</summary>
[Trait("Guarantee", "1")]
public sealed class ConcurrentSweepTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Processes_that_sweep_at_once_dead_letter_and_drop_each_message_once()
    {
        var engines = new[] { await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 }), Start(), Start() };
        for (var i = 0; i < 6; i++)
        {
            await engines[i % 3]
                .EnqueueAllAsync(
                    Enumerable
                        .Range(0, 20)
                        .Select(n => TestEngine.Text($"{i}.{n}") with { TimeToLive = n % 2 == 0 ? TimeSpan.FromSeconds(60) : null })
                );
        }

        (await engines[0].DequeueEverythingAsync(Lease)).Count.ShouldBe(120);
        Time.Advance(TimeSpan.FromMinutes(2));
        var reports = await Task.WhenAll(
            Enumerable
                .Range(0, 9)
                .Select(i =>
                    engines[i % 3]
                        .SweepAsync(
                            (i % 4) switch
                            {
                                0 => SweepScope.ExpiredLeases,
                                1 => SweepScope.Storage,
                                _ => i % 2 == 0 ? SweepScope.Poison : SweepScope.All,
                            },
                            everything: i > 5
                        )
                )
        );
        reports.ShouldAllBe(r => r.ShardsFailed == 0);
        reports.Sum(r => r.DeadLettered).ShouldBe(60);
        reports.Sum(r => r.Expired).ShouldBe(60);
        (await engines[1].CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, 60));
        (await engines[2].DequeueEverythingAsync(source: MessageSource.DeadLetters)).Select(m => m.Text()).ShouldBeUnique();
    }

    [Fact]
    public async Task Sweeps_while_consumers_run_lose_nothing_and_take_no_lease_away()
    {
        var settings = new QueueSettingsChange { MaxDeliveryCount = (int?)null, VisibilityTimeout = TimeSpan.FromSeconds(2) };
        var engines = new[]
        {
            await StartWithQueueAsync(settings, time: TimeProvider.System),
            Start(time: TimeProvider.System),
            Start(time: TimeProvider.System),
        };
        var enqueued = new ConcurrentDictionary<MessageId, bool>();
        var acked = new ConcurrentDictionary<MessageId, bool>();
        var violations = new ConcurrentQueue<string>();
        var producers = Task.WhenAll(
            engines.Select(async engine =>
            {
                for (var i = 0; i < 30; i++)
                    enqueued[await engine.EnqueueAsync($"{i}")] = true;
            })
        );
        var consumers = Task.WhenAll(
            engines.Select(
                async (engine, number) =>
                {
                    var random = new Random(number);
                    while (!producers.IsCompleted || acked.Count < enqueued.Count)
                    {
                        foreach (var message in await engine.DequeueAsync(4, wait: TimeSpan.FromMilliseconds(200)))
                        {
                            if (random.Next(8) == 0)
                                continue;
                            if (random.Next(4) == 0)
                                await engine.NackAsync(message);
                            else if (await engine.AckAsync(message) == SettleStatus.Ok && !acked.TryAdd(message.Id(), true))
                                violations.Enqueue($"{message.Text()} was acked twice");
                        }
                    }
                }
            )
        );
        var sweeps = 0;
        while (!consumers.IsCompleted)
        {
            var reports = await Task.WhenAll(engines.Select(e => e.SweepAsync(everything: sweeps % 5 == 0)));
            reports.ShouldAllBe(r => r.ShardsFailed == 0 && r.DeadLettered == 0 && r.Expired == 0);
            sweeps++;
        }

        await consumers;
        violations.ShouldBeEmpty();
        acked.Keys.ShouldBe(enqueued.Keys, ignoreOrder: true);
        sweeps.ShouldBeGreaterThan(1);
        (await engines[0].CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_sweep_that_was_overtaken_where_something_was_overdue_for_ever_notes_an_instant_that_storage_can_hold()
    {
        var (sweeper, other) = (await StartWithQueueAsync(), Start());
        await sweeper.EnqueueAsync("a");
        await sweeper.NackAsync(await sweeper.DequeueOneAsync());
        await sweeper.PutQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 });
        Time.Advance(TimeSpan.FromMinutes(10));
        var held = sweeper.Faults.Hold(r => r.ChangesMessages);
        var sweep = sweeper.SweepAsync(SweepScope.Poison);
        await held.Reached;
        (await other.DequeueAsync()).ShouldBeEmpty();
        held.Release();
        (await sweep).ShardsFailed.ShouldBe(0);
        (await other.CountsAsync()).ShouldBe(new MessageCounts(0, 0, 0, 1));
    }

    [Fact]
    public async Task A_sweep_of_storage_that_fails_says_so_and_the_next_one_makes_up_for_it()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync(Lease);
        Time.Advance(TimeSpan.FromHours(1));
        sweeper.Faults.Throttle(r => r.ChangesMessages);
        (await sweeper.SweepAsync()).ShardsFailed.ShouldBe(1);
        var report = await sweeper.SweepAsync();
        (report.ShardsFailed, report.Redelivered).ShouldBe((0, 1));
    }

    [Fact]
    public async Task A_sweep_whose_write_is_lost_does_not_dead_letter_twice()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 }), Start());
        await engine.EnqueueAllAsync("a", "b", "c");
        await engine.DequeueAsync(2, Lease);
        Time.Advance(TimeSpan.FromHours(1));
        var lost = sweeper.Faults.LoseAnswer(r => r.ChangesMessages);
        await sweeper.SweepAsync();
        lost.Count.ShouldBe(1);
        await sweeper.SweepAsync();
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 2));
    }

    [Fact]
    public async Task A_sweep_without_a_registry_finds_nothing_to_do()
    {
        var report = await Start().SweepAsync(everything: true);
        report.ShouldBe(new SweepReport());
    }

    [Fact]
    public async Task While_the_registry_cannot_be_read_a_sweep_fails()
    {
        var engine = await StartWithQueueAsync();
        engine.Faults.Refuse(_ => true, int.MaxValue);
        (await engine.Engine.SweepAsync(SweepScope.All, false, Cancellation)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        engine.Faults.Clear();
    }
}
