using Azure.Data.Tables;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>Rows that a later version of FuncQueue wrote are left as they are, and keep nobody from the others.</summary>
public sealed class UnknownRowTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData("State", "m90661061ca3b5cd0000000a0000")]
    [InlineData("Index", "m00661061ca3b5cd0000000a0000")]
    [InlineData("none", "m90661061ca3b5cd-of-another-shape")]
    [InlineData("none", "s0661061ca3b5cd90000000a00zz")]
    [InlineData("State", "d m90661061ca3b5cd0000000a000001")]
    public async Task A_row_of_another_version_is_left_untouched(string column, string key)
    {
        ExpectsErrors = true;
        key = key.Replace(" ", "", StringComparison.Ordinal);
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("a", "b");
        var table = new TableClient(Azurite.ConnectionString, engine.Requests.All.Single(r => r.InsertsMessages).Resource);
        var strange = new TableEntity("00", key)
        {
            ["State"] = column == "State" ? [99, 1, 2, 3] : RowCodec.EncodeState([Decisions.MessageState.ReadyAt(Time.GetUtcNow())]),
            ["Index"] = column == "Index" ? [99, 1, 2, 3] : RowCodec.EncodeIndex(new RowIndex(Time.GetUtcNow(), [default])),
        };
        await table.AddEntityAsync(strange, Cancellation);
        var before = (await table.GetEntityAsync<TableEntity>("00", key, cancellationToken: Cancellation)).Value.ETag;

        (await other.CountsAsync()).Ready.ShouldBe(2);
        (await other.PeekEverythingAsync()).Count.ShouldBe(2);
        (await other.PeekEverythingAsync(MessageSource.DeadLetters)).ShouldBeEmpty();
        (await other.DequeueAsync(source: MessageSource.DeadLetters)).ShouldBeEmpty();
        foreach (var message in await other.DequeueAsync(2))
            (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync()).ShouldBeEmpty();
        (await other.Engine.RedriveAsync(other.Queue, new RedriveRequest(), Cancellation)).Value.Moved.ShouldBe(0);
        (await other.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
        (await other.Engine.PurgeAsync(other.Queue, MessageSource.Live, Cancellation)).Value.Count.ShouldBe(0);

        (await table.GetEntityAsync<TableEntity>("00", key, cancellationToken: Cancellation)).Value.ETag.ShouldBe(before);
    }
}
