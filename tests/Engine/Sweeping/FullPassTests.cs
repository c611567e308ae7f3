using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Sweeping;

/// <summary>Once an hour every shard is visited, by whichever sweep comes first, whatever the clock says.</summary>
public sealed class FullPassTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(SweepScope.ExpiredLeases)]
    [InlineData(SweepScope.Poison)]
    [InlineData(SweepScope.Storage)]
    public async Task Any_sweep_an_hour_after_the_last_full_pass_is_one(SweepScope scope)
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 3 }), Start());
        (await SweepAsync(engine, scope)).ShardsVisited.ShouldBe(3);
        for (var minute = 1; minute < 60; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            (await SweepAsync(minute % 2 == 0 ? engine : other, scope)).ShardsVisited.ShouldBe(0);
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        (await SweepAsync(other, scope)).ShardsVisited.ShouldBe(3);
        (await SweepAsync(engine, scope)).ShardsVisited.ShouldBe(0);
    }

    [Fact]
    public async Task Of_sweeps_that_come_at_once_one_is_the_full_pass()
    {
        await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 });
        for (var hour = 0; hour < 3; hour++)
        {
            var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SweepAsync(Start(), SweepScope.ExpiredLeases)));
            reports.Sum(r => r.ShardsVisited).ShouldBe(2);
            Time.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public async Task A_full_pass_that_a_process_died_in_is_done_by_another()
    {
        await StartWithQueueAsync();
        var (victim, survivor) = (Start(), Start());
        var held = victim.Faults.Hold(r => r.IsQuery && !r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal));
        var sweep = victim.Engine.SweepDueAsync(SweepScope.Storage, Cancellation);
        await held.Reached;
        victim.Kill();
        held.Release();
        await sweep.WithinPatienceAsync();
        var passes = 0;
        for (var minute = 0; minute < 60; minute++)
        {
            passes += (await SweepAsync(survivor, SweepScope.Storage)).ShardsVisited;
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        passes.ShouldBe(1);
    }

    [Fact]
    public async Task It_finds_what_no_mark_tells_of_and_forgets_queues_that_others_have_deleted()
    {
        var (slow, sweeper) = (await StartWithQueueAsync(), Start());
        await SweepAsync(sweeper, SweepScope.Storage);
        sweeper.Gauges.ShouldNotBeEmpty();
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var enqueue = slow.TryEnqueueAsync(TestEngine.Text("a") with { TimeToLive = TimeSpan.FromSeconds(60) });
        await held.Reached;
        for (var minute = 0; minute < 59; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await SweepAsync(sweeper, SweepScope.Storage);
        }

        held.Release();
        (await enqueue).Failure.ShouldBeNull();
        Time.Advance(TimeSpan.FromMinutes(2));
        (await SweepAsync(sweeper, SweepScope.ExpiredLeases)).Expired.ShouldBe(1);
        (await slow.Engine.DeleteQueueAsync(slow.Queue, Cancellation)).Value.ShouldBeTrue();
        Time.Advance(TimeSpan.FromHours(1));
        await SweepAsync(sweeper, SweepScope.ExpiredLeases);
        sweeper.Gauges.ShouldBeEmpty();
    }

    private static async Task<SweepReport> SweepAsync(TestEngine engine, SweepScope scope)
    {
        var report = (await engine.Engine.SweepDueAsync(scope, Cancellation).WithinPatienceAsync()).Value;
        report.ShardsFailed.ShouldBe(0);
        return report;
    }
}
