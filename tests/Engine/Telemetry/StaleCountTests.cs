using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Telemetry;

/// <summary>Depth and age are told as far as they are known to hold: alerts look at what every process says.</summary>
public sealed class StaleCountTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const SweepScope Messages = SweepScope.ExpiredLeases | SweepScope.Poison;

    [Fact]
    public async Task A_process_that_counted_once_says_nothing_more_of_a_queue_that_others_have_changed_since()
    {
        var (counter, other) = (await StartWithQueueAsync(), Start());
        await counter.EnqueueAsync("a");
        await counter.SweepAsync(SweepScope.All, everything: true);
        Depth(counter, "ready").ShouldBe([1]);
        await other.AckAsync(await other.DequeueOneAsync());
        await other.SweepAsync(Messages);
        Time.Advance(TimeSpan.FromMinutes(5));
        await counter.SweepAsync(SweepScope.Storage);
        counter.Gauges.ShouldBeEmpty();
        Depth(other, "ready").ShouldBe([0]);
    }

    [Fact]
    public async Task Messages_that_nobody_consumes_are_told_with_their_growing_age_though_no_sweep_need_look_at_them()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("waits");
        for (var minute = 0; minute < 30; minute++)
        {
            await engine.SweepAsync(Messages);
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        engine.Requests.Clear();
        await engine.SweepAsync(Messages);
        engine.Requests.CountOf(r => r.IsQuery).ShouldBe(1);
        await engine.SweepAsync(SweepScope.Storage);
        Depth(engine, "ready").ShouldBe([1]);
        engine.Gauges.Single(g => g.Instrument == "funcqueue.queue.oldest_message_age").Value.ShouldBe(1800, 1);
    }

    [Fact]
    public async Task An_empty_queue_is_still_told_to_be_empty()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync("a");
        await engine.AckAsync(await engine.DequeueOneAsync());
        for (var minute = 0; minute < 10; minute++)
        {
            await engine.SweepAsync();
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Depth(engine, "ready").ShouldBe([0]);
    }

    private static IEnumerable<double> Depth(TestEngine engine, string status) =>
        engine
            .Gauges.Where(g => g.Instrument == "funcqueue.queue.depth" && g.Tags.EndsWith("=" + status, StringComparison.Ordinal))
            .Select(g => g.Value);
}
