using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Sweeping;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>A shard with nothing but cursors is an empty one: nothing in it needs a sweep.</summary>
public sealed class IdleCursorTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(3)]
    [InlineData(200)]
    public async Task A_shard_of_cursors_alone_is_empty_and_one_with_a_message_is_not(int cursors)
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var table = (await engine.Engine.Directory.FindAsync(engine.Queue, Cancellation)).ShouldNotBeNull().Shards[0].Table;
        for (var i = 0; i < cursors; i++)
            await target.PutCursorAsync(FeedCursor.KeyOf((ulong)i, 0));
        (await ShardRemains.ReadAsync(table, Cancellation)).IsEmpty.ShouldBeTrue();
        var id = await engine.EnqueueAsync("a");
        (await ShardRemains.ReadAsync(table, Cancellation)).IsEmpty.ShouldBeFalse();
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        (await engine.FindAsync(id)).Status.ShouldBe(MessageStatus.DeadLettered);
        (await ShardRemains.ReadAsync(table, Cancellation)).IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public async Task A_closed_cursor_is_removed_after_an_hour_and_then_the_shard_is_empty()
    {
        var engine = await StartWithQueueAsync();
        var target = await Target.OfAsync(engine);
        var table = (await engine.Engine.Directory.FindAsync(engine.Queue, Cancellation)).ShouldNotBeNull().Shards[0].Table;
        var cursor = await target.PutCursorAsync();
        var closed = (cursor with { ClosedAt = Time.GetUtcNow() }).ToEntity(0);
        await table.CommitAsync([
            new Azure.Data.Tables.TableTransactionAction(Azure.Data.Tables.TableTransactionActionType.UpdateReplace, closed, cursor.ETag),
        ]);
        await engine.SweepAsync(everything: true);
        (await target.CursorAsync()).IsClosed.ShouldBeTrue();
        Time.Advance(FeedCursor.ClosedTime);
        await engine.SweepAsync();
        (await table.ReadEntityAsync(Target.CursorKey, null, Cancellation)).ShouldBeNull();
        (await ShardRemains.ReadAsync(table, Cancellation)).IsEmpty.ShouldBeTrue();
    }
}
