using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>The records of a partition in their order, from memory or from storage. Thread-safe.</summary>
internal sealed class PartitionSource(EngineContext context, ShardTable table, string topicTable, TopicName topic) : IDisposable
{
    /// <summary>Rows of a page, of up to 256 KiB each: an answer of storage holds about 4 MiB.</summary>
    private const int MaxRows = 16;

    private readonly ForwardedTopic forwardedTopic = ForwardedTopic.Of(topic, topicTable);
    private readonly RecentRows recent = new();
    private readonly SemaphoreSlim reading = new(1);
    private List<ForwardedRow> lastRead = [];

    public int Partition => table.Shard;

    public ForwardedRow Add(RecordRow row)
    {
        var forwarded = new ForwardedRow(row, forwardedTopic);
        recent.Add(forwarded);
        return forwarded;
    }

    public void DropBelow(long offset) => recent.DropBelow(offset);

    /// <summary>
    /// The next rows from the one that holds an offset on; none at the end, and in front of a row that this version cannot read.
    /// </summary>
    /// <param name="toEnd">Also what others have appended behind what this process has.</param>
    public async Task<IReadOnlyList<ForwardedRow>> ReadAsync(long offset, bool toEnd)
    {
        if (recent.From(offset) is { } known)
            return known;
        if (!toEnd && recent.Next == offset)
            return [];
        // All who subscribe need the same rows at about the same time.
        await reading.WaitAsync();
        try
        {
            if (lastRead.FindIndex(row => row.First <= offset && offset <= row.Last) is >= 0 and var at)
                return lastRead.GetRange(at, lastRead.Count - at);
            var rows = await ReadAsync(offset);
            if (rows.Count > 0)
                lastRead = rows;
            return rows;
        }
        finally
        {
            reading.Release();
        }
    }

    public void Dispose() => reading.Dispose();

    private async Task<List<ForwardedRow>> ReadAsync(long offset)
    {
        var (entities, _) = await table.ReadEntitiesAsync(RecordRow.From(offset), MaxRows, null, CancellationToken.None);
        var rows = new List<ForwardedRow>(entities.Count);
        foreach (var entity in entities)
        {
            try
            {
                rows.Add(new ForwardedRow(RecordRow.Read(table.Shard, entity, withData: true), forwardedTopic));
            }
            catch (UnsupportedFormatException exception)
            {
                context.Unreadable.Add(topicTable, RowKeys.Partition(table.Shard), entity, exception);
                break;
            }
        }

        return rows;
    }
}
