using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>A row that a later version wrote is told of once, with its version, and stays as it is to the last byte.</summary>
public sealed class FutureVersionTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData("State")]
    [InlineData("Index")]
    public async Task A_row_of_a_later_version_is_told_of_once_and_keeps_nobody_from_the_others(string column)
    {
        ExpectsErrors = true;
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("later", "later too");
        var later = await MessageRowAsync(engine);
        await engine.EnqueueAllAsync("today", "today too");
        var before = await Table(engine).MakeLaterAsync(later, column, 3);

        for (var round = 0; round < 3; round++)
        {
            await other.CountsAsync();
            (await other.PeekEverythingAsync()).Select(m => m.Text()).ShouldBe(["today", "today too"], ignoreOrder: true);
            foreach (var message in await other.DequeueAsync(10))
                await other.NackAsync(message, TimeSpan.Zero);
            (await other.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
        }

        foreach (var message in await other.DequeueAsync(10))
            (await other.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync(10)).ShouldBeEmpty();
        other
            .LoggedErrors.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                line => line.ShouldContain($"{column} column has format version 3"),
                line => line.ShouldContain(later.RowKey),
                line => line.ShouldContain("left untouched")
            );
        await Table(engine).ExpectSameAsync(before);
    }

    private TableClient Table(TestEngine engine) => new(Azurite.ConnectionString, engine.Requests.All.First(r => r.InsertsMessages).Table);

    private async Task<TableEntity> MessageRowAsync(TestEngine engine)
    {
        await foreach (
            var row in Table(engine).QueryAsync<TableEntity>("PartitionKey eq '00' and RowKey ge 'm'", cancellationToken: Cancellation)
        )
            return row;
        throw new InvalidOperationException("There is no row.");
    }
}
