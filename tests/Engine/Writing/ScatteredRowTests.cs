using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Writing;

/// <summary>Where messages are settled in other processes than leased them, those of one row would be in each other's way.</summary>
public sealed class ScatteredRowTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Messages_that_are_acked_one_by_one_elsewhere_get_rows_of_their_own()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        (await RowsOfTenAsync(engine)).ShouldBe(1);
        foreach (var leased in await other.DequeueAsync(10))
            (await engine.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await RowsOfTenAsync(engine)).ShouldBe(10);
    }

    [Fact]
    public async Task Messages_that_are_acked_together_elsewhere_share_rows()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        for (var i = 0; i < 20; i++)
        {
            await other.EnqueueAllAsync(Enumerable.Range(0, 5).Select(n => $"{n}"));
            (await engine.TrySettleAsync(new Settlement.Ack(), await other.DequeueAsync(5))).Value.ShouldAllBe(s =>
                s.Status == SettleStatus.Ok
            );
        }

        (await RowsOfTenAsync(engine)).ShouldBe(2);
    }

    [Fact]
    public async Task Messages_that_are_acked_by_the_process_that_leased_them_share_rows_again()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync(Enumerable.Range(0, 50).Select(n => $"{n}"));
        foreach (var leased in await other.DequeueAsync(10))
            (await engine.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await RowsOfTenAsync(engine)).ShouldBe(10);
        foreach (var leased in await engine.DequeueAsync(40))
            (await engine.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await RowsOfTenAsync(engine)).ShouldBe(1);
    }

    [Fact]
    public async Task Messages_of_a_FIFO_queue_share_rows_wherever_they_are_acked()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = QueueType.Fifo }), Start());
        (await RowsOfTenAsync(engine, grouped: true)).ShouldBe(1);
        foreach (var leased in await other.DequeueAsync(10))
            (await engine.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await RowsOfTenAsync(engine, grouped: true)).ShouldBe(1);
    }

    private static async Task<int> RowsOfTenAsync(TestEngine engine, bool grouped = false)
    {
        engine.Requests.Clear();
        await engine.EnqueueAllAsync(
            Enumerable.Range(0, 10).Select(n => TestEngine.Text($"{n}") with { GroupId = grouped ? $"g{n}" : null })
        );
        return engine.Requests.All.Where(r => r.InsertsMessages).Sum(r => r.Operations.Count(o => o.IsInsert && o.IsOn("ms")));
    }
}
