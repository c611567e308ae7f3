using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Reading;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>One partition of a topic in this process.</summary>
/// <param name="Log">What stores records in it.</param>
/// <param name="Reader">Its rows, and how far they reach.</param>
/// <param name="Poll">What looks for more while readers wait.</param>
/// <param name="Reading">What callers read.</param>
internal sealed record TopicPartition(PartitionLog Log, PartitionReader Reader, TailPoll Poll, RecordReading Reading)
{
    public int Number => Log.Partition;

    public ShardTable Table => Log.Table;

    public AppendLoop Appends => Log.Appends;
}
