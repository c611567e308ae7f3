using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>One partition of a topic in this process: its table, and what stores records in it.</summary>
internal sealed class PartitionLog
{
    /// <param name="settled">
    /// Told of each row that was stored, once that is certain, in their order, and of the head behind them all.
    /// </param>
    public PartitionLog(
        EngineContext context,
        TopicName topic,
        ShardTable table,
        ActivityMarker activity,
        IRouter router,
        Action<RecordRow, LogHead> settled
    )
    {
        Table = table;
        var head = new PartitionHead(table);
        var writer = new AppendWriter(context, topic, table, head, router, settled);
        Appends = new AppendLoop(
            table,
            activity,
            head,
            writer,
            exception => EngineLog.LoopFailed(context.Log, exception, "append", topic.Value, RowKeys.Partition(table.Shard))
        );
    }

    public int Partition => Table.Shard;

    public ShardTable Table { get; }

    public AppendLoop Appends { get; }

    public Task WhenIdleAsync() => Appends.WhenIdleAsync();
}
