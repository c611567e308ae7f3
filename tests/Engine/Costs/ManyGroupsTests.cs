using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>
/// What thousands of groups cost this process on a standard queue, in processor time: about what as many messages without groups do.
/// Both are measured in turn, and the median of the rounds counts, since a collection of garbage falls into one or the other.
/// </summary>
[Collection(Alone.Name)]
public sealed class ManyGroupsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Messages = 20_000;
    private const int Rounds = 9;
    private const int Calls = 50;
    private const double Most = 2;

    [Fact]
    public async Task A_dequeue_among_twenty_thousand_groups_takes_at_most_twice_the_processor_time_of_one_without_groups()
    {
        var (plain, grouped) = (await StoreAsync("plain", groups: false), await StoreAsync("grouped", groups: true));
        (await RatioAsync(() => DequeueAsync(plain), () => DequeueAsync(grouped))).ShouldBeLessThanOrEqualTo(Most);

        static async Task DequeueAsync(TestEngine engine) => await engine.DequeueOneAsync();
    }

    [Fact]
    public async Task A_lone_enqueue_beside_twenty_thousand_groups_takes_at_most_twice_the_processor_time_of_one_without_groups()
    {
        var (plain, grouped) = (await StoreAsync("plain", groups: false), await StoreAsync("grouped", groups: true));
        (await RatioAsync(() => EnqueueAsync(plain), () => EnqueueAsync(grouped))).ShouldBeLessThanOrEqualTo(Most);

        // The consumer beside it keeps what is stored in memory.
        static async Task EnqueueAsync(TestEngine engine)
        {
            await engine.EnqueueAsync(TestEngine.Text("lone") with { GroupId = engine.Queue.Value == "grouped" ? "lone" : null });
            await engine.DequeueOneAsync();
        }
    }

    private async Task<TestEngine> StoreAsync(string queue, bool groups)
    {
        var engine = Start();
        engine.Queue = TestEngine.Name(queue);
        await engine.PutQueueAsync();
        // Whoever has a consumer takes what it enqueues into memory.
        (await engine.DequeueAsync()).ShouldBeEmpty();
        foreach (var some in Enumerable.Range(0, Messages).Chunk(100))
            await engine.EnqueueAllAsync(some.Select(i => TestEngine.Text("x") with { GroupId = groups ? $"group-{i}" : null }));
        return engine;
    }

    private static async Task<double> RatioAsync(Func<Task> plain, Func<Task> grouped)
    {
        var ratios = new List<double>();
        for (var round = -2; round < Rounds; round++)
        {
            var (without, with) = (await TimeAsync(plain), await TimeAsync(grouped));
            // What runs first is compiled meanwhile.
            if (round >= 0)
                ratios.Add(with / without);
        }

        TestContext.Current.SendDiagnosticMessage($"ratios {string.Join(' ', ratios.Select(r => r.ToString("F2", null)))}");
        return ratios.Order().ElementAt(Rounds / 2);
    }

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Calls; i++)
            await act();
        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds;
    }
}
