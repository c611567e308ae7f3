using System.Buffers.Binary;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>
/// A row that somebody damaged, with a tool or by a fault of storage: it is left as it is for people to look at, and keeps nobody from
/// the other messages.
/// </summary>
public sealed class DamagedRowTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    public static TheoryData<string> Damages =>
        [
            "body-cut",
            "body-noise",
            "body-gone",
            "length-negative",
            "length-huge",
            "state-short",
            "status-unknown",
            "instant-impossible",
            "index-gone",
            "state-text",
            "body-text",
            "body-length-other",
            "transfer-noise",
        ];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_row_is_left_untouched_and_the_others_are_delivered(string damage)
    {
        ExpectsErrors = true;
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("first", "second");
        await engine.EnqueueAsync("whole");
        var table = new TableClient(Azurite.ConnectionString, engine.Requests.All.First(r => r.InsertsMessages).Table);
        var rows = new List<TableEntity>();
        await foreach (var found in table.QueryAsync<TableEntity>("RowKey ge 'm' and RowKey lt 't'", cancellationToken: Cancellation))
            rows.Add(found);
        var row = rows.OrderBy(r => r.RowKey, StringComparer.Ordinal).First();
        Damage(row, damage);
        var before = (await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace, Cancellation)).Headers.ETag!.Value;

        var message = await other.DequeueOneAsync();
        message.Text().ShouldBe("whole");
        (await other.AckAsync(message)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueAsync(10)).ShouldBeEmpty();
        (await other.DequeueAsync(10, wait: TimeSpan.Zero, delete: true)).ShouldBeEmpty();
        await other.PeekEverythingAsync();
        (await other.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
        (await other.Engine.PurgeAsync(other.Queue, MessageSource.Live, Cancellation)).Value.Complete.ShouldBeTrue();
        await other.EnqueueAsync("after");
        (await other.DequeueOneAsync()).Text().ShouldBe("after");
        (await table.GetEntityAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken: Cancellation)).Value.ETag.ShouldBe(
            before
        );
    }

    private static void Damage(TableEntity row, string damage)
    {
        var (state, index, body) = (row.GetBinary("State"), row.GetBinary("Index"), row.GetBinary("B0"));
        switch (damage)
        {
            case "body-cut":
                row["B0"] = body[..^1];
                break;
            case "body-noise":
                row["B0"] = body.Select(_ => (byte)0xFF).ToArray();
                break;
            case "body-gone":
                row.Remove("B0");
                break;
            case "length-negative":
                BinaryPrimitives.WriteInt32LittleEndian(index.AsSpan(9 + 16), -1);
                break;
            case "length-huge":
                BinaryPrimitives.WriteInt32LittleEndian(index.AsSpan(9 + 16), int.MaxValue);
                break;
            case "state-short":
                row["State"] = state[..^1];
                break;
            case "status-unknown":
                state[1] = 99;
                break;
            case "instant-impossible":
                BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(2), long.MinValue);
                break;
            case "index-gone":
                row.Remove("Index");
                break;
            case "state-text":
                row["State"] = Convert.ToBase64String(state);
                break;
            case "body-text":
                row["B0"] = "text";
                break;
            case "body-length-other":
                BinaryPrimitives.WriteInt64LittleEndian(index.AsSpan(9 + 20), long.MaxValue);
                break;
            case "transfer-noise":
                row["Transfer"] = "{";
                break;
        }
    }
}
