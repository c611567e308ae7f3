using FuncQueue.Engine.Sweeping;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>Of a long shard, sweeps read what is due, and the whole only as often as it takes about a request a second.</summary>
public sealed class DeepSweepTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const SweepScope Messages = SweepScope.ExpiredLeases | SweepScope.Poison;

    /// <summary>Five pages of live rows, and one of the dead letters.</summary>
    private const int Rows = 4500;
    private const int Pages = 6;

    [Fact]
    public async Task Rows_in_which_nothing_is_due_are_not_read_with_every_sweep()
    {
        var engine = await StartDeepAsync();
        (await QueriesOfSweepAsync(engine)).ShouldBe(Pages);
        for (var second = 1; second < Pages; second++)
        {
            Time.Advance(SweptShard.TimeForPart);
            (await QueriesOfSweepAsync(engine)).ShouldBe(0);
        }

        // Depth is told all the while.
        engine.Gauges.ShouldContain(g => g.Tags.EndsWith("=ready", StringComparison.Ordinal) && g.Value == Rows);
        Time.Advance(SweptShard.TimeForPart);
        (await QueriesOfSweepAsync(engine)).ShouldBe(Pages);
        // Whoever asks for everything gets it.
        engine.Requests.Clear();
        await engine.SweepAsync(Messages, everything: true);
        Queries(engine).ShouldBeGreaterThanOrEqualTo(Pages);
    }

    [Fact]
    public async Task What_becomes_due_is_read_when_it_does_and_nothing_beside()
    {
        var engine = await StartDeepAsync(TimeSpan.FromSeconds(3));
        // One is leased for two seconds, and one expires in three: both at the front, where the oldest are.
        await engine.DequeueOneAsync(TimeSpan.FromSeconds(2));
        (await QueriesOfSweepAsync(engine)).ShouldBe(Pages);
        Time.Advance(TimeSpan.FromSeconds(1));
        (await QueriesOfSweepAsync(engine)).ShouldBe(0);
        Time.Advance(TimeSpan.FromSeconds(1) + Options.ClockSkewBound);
        engine.Requests.Clear();
        (await engine.SweepAsync(SweepScope.Poison)).Expired.ShouldBe(0);
        Queries(engine).ShouldBe(0);
        (await engine.SweepAsync(SweepScope.ExpiredLeases)).Redelivered.ShouldBe(1);
        Queries(engine).ShouldBe(1);
        Time.Advance(TimeSpan.FromSeconds(1));
        engine.Requests.Clear();
        (await engine.SweepAsync(SweepScope.Poison)).Expired.ShouldBe(1);
        Queries(engine).ShouldBe(1);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(Rows, 0, 0, 0));
    }

    [Fact]
    public async Task What_was_leased_since_is_found_when_the_whole_is_read_again()
    {
        var (engine, sweeper) = (await StartDeepAsync(), Start());
        (await QueriesOfSweepAsync(sweeper)).ShouldBe(Pages);
        await engine.DequeueOneAsync(TimeSpan.FromSeconds(1));
        var redelivered = 0L;
        for (var second = 0; second < 2 * Pages && redelivered == 0; second++)
        {
            Time.Advance(SweptShard.TimeForPart);
            redelivered += (await sweeper.SweepAsync(SweepScope.ExpiredLeases)).Redelivered;
        }

        redelivered.ShouldBe(1);
    }

    [Fact]
    public async Task A_long_shard_that_is_quiet_is_noted_by_what_a_whole_reading_has_seen()
    {
        var (engine, sweeper) = (await StartDeepAsync(), Start());
        await engine.DequeueOneAsync(TimeSpan.FromHours(1));
        for (var sweep = 0; sweep < 6; sweep++)
        {
            Time.Advance(TimeSpan.FromSeconds(20));
            await sweeper.SweepAsync(Messages);
        }

        // It is quiet now; a visit that reads nothing cannot tell what is due next, one of those to come does.
        for (var sweep = 0; sweep < 3 * Pages; sweep++)
        {
            Time.Advance(SweptShard.TimeForPart);
            await sweeper.SweepAsync(Messages);
        }

        (await sweeper.SweepAsync(Messages)).ShardsVisited.ShouldBe(0);
        var figures = (await Start().Figures.GetAsync(engine.Queue, Cancellation)).Value;
        (figures.Ready, figures.Leased).ShouldBe((Rows - 1, 1));
        Time.Advance(TimeSpan.FromHours(1));
        (await sweeper.SweepAsync(Messages)).Redelivered.ShouldBe(1);
    }

    /// <summary>A queue of many rows; the oldest of their messages has a time to live of its own, if it is given.</summary>
    private async Task<TestEngine> StartDeepAsync(TimeSpan? first = null)
    {
        var engine = await StartWithQueueAsync(
            new QueueSettingsChange { MessageTimeToLive = TimeSpan.FromDays(300) },
            Options with
            {
                MaxMessagesPerRow = 1,
            }
        );
        if (first is { } timeToLive)
            await engine.EnqueueAsync(TestEngine.Text("first") with { TimeToLive = timeToLive, Priority = 9 });
        for (var i = 0; i < Rows / 100; i++)
            await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(n => TestEngine.Text("x")));
        return engine;
    }

    private static async Task<int> QueriesOfSweepAsync(TestEngine engine)
    {
        engine.Requests.Clear();
        await engine.SweepAsync(Messages);
        return Queries(engine);
    }

    /// <summary>Queries of the queue's table; those of the registry are none.</summary>
    private static int Queries(TestEngine engine) => engine.Requests.CountOf(r => r.IsQuery && r.Resource.StartsWith('q'));
}
