using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Fifo;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>
/// On FIFO queues what a later version wrote is in the way of what it concerns, since order comes first: a lock keeps its group, a row
/// keeps what is behind it. It is told of once, and stays as it is to the last byte.
/// </summary>
public sealed class FutureFifoTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    private const byte Future = 99;

    [Fact]
    public async Task A_lock_of_a_later_version_keeps_its_group_and_no_other()
    {
        ExpectsErrors = true;
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 3);
        await EnqueueEachAsync(engine, "b", 2);
        var held = await engine.DequeueOneAsync();
        var before = await MakeLaterAsync(engine, "l0", "Leases");

        var b1 = await other.DequeueOneAsync();
        b1.Text().ShouldBe("b1");
        (await other.AckAsync(b1)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync(100, delete: true)).ShouldHaveSingleItem().Text().ShouldBe("b2");
        // Whose lease it is cannot be told: it is not prolonged, but can be ended.
        (await other.ExtendAsync(held, TimeSpan.FromHours(1))).Status.ShouldBe(SettleStatus.LeaseLost);
        (await other.NackAsync(held, TimeSpan.Zero)).ShouldBe(SettleStatus.Ok);
        for (var day = 0; day < 3; day++)
        {
            Time.Advance(TimeSpan.FromDays(1));
            (await other.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
            (await other.DequeueAsync(100)).ShouldBeEmpty();
            (await other.DequeueAsync(100, delete: true)).ShouldBeEmpty();
        }

        (await other.CountsAsync()).ShouldBe(new MessageCounts(3, 0, 0, 0));
        other
            .LoggedErrors.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(line => line.ShouldContain(before.RowKey), line => line.ShouldContain("left untouched"));
        await Table(engine).ExpectSameAsync(before);

        // Whoever wrote it takes it away.
        await Table(engine).DeleteEntityAsync(before.PartitionKey, before.RowKey, ETag.All, Cancellation);
        Texts(await other.DequeueAsync(100)).ShouldBe(["a1", "a2", "a3"]);
    }

    [Fact]
    public async Task A_queue_with_a_lock_of_a_later_version_can_be_purged()
    {
        ExpectsErrors = true;
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 2);
        await engine.DequeueOneAsync();
        var before = await MakeLaterAsync(engine, "l0", "Leases");
        (await other.Engine.PurgeAsync(other.Queue, MessageSource.Live, Cancellation)).Value.Count.ShouldBe(2);
        await Table(engine).ExpectSameAsync(before);
    }

    [Theory]
    [InlineData("State")]
    [InlineData("Index")]
    public async Task A_row_of_a_later_version_is_not_overtaken(string column)
    {
        ExpectsErrors = true;
        var (engine, other) = (await StartFifoAsync(), Start());
        await EnqueueEachAsync(engine, "a", 1);
        await EnqueueEachAsync(engine, "b", 1);
        await EnqueueEachAsync(engine, "a", 1, first: 2);
        var rows = await RowsAsync(engine, "m");
        var before = await MakeLaterAsync(engine, rows[1].RowKey, column);

        Texts(await other.DequeueAsync(100, delete: true)).ShouldBe(["a1"]);
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        (await other.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
        (await other.CountsAsync()).ShouldBe(new MessageCounts(1, 0, 0, 0));
        await EnqueueEachAsync(other, "c", 1);
        (await other.DequeueAsync(100)).ShouldBeEmpty();
        other.LoggedErrors.ShouldHaveSingleItem().ShouldContain($"{column} column has format version {Future}");
        await Table(engine).ExpectSameAsync(before);

        // A process of that version has dealt with it.
        await Table(engine).DeleteEntityAsync(before.PartitionKey, before.RowKey, ETag.All, Cancellation);
        Texts(await other.DequeueEverythingAsync()).ShouldBe(["a2", "c1"]);
    }

    private TableClient Table(TestEngine engine) => new(Azurite.ConnectionString, engine.Requests.All.First(r => r.InsertsMessages).Table);

    private async Task<List<TableEntity>> RowsAsync(TestEngine engine, string from)
    {
        var rows = new List<TableEntity>();
        await foreach (
            var row in Table(engine)
                .QueryAsync<TableEntity>(
                    TableClient.CreateQueryFilter($"PartitionKey eq '00' and RowKey ge {from}"),
                    cancellationToken: Cancellation
                )
        )
            rows.Add(row);
        return rows;
    }

    /// <summary>The first row from this key on, with the version of one of its columns raised.</summary>
    private async Task<TableEntity> MakeLaterAsync(TestEngine engine, string from, string column) =>
        await Table(engine).MakeLaterAsync((await RowsAsync(engine, from))[0], column, Future);
}
