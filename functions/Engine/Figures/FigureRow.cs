using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Figures;

/// <summary>The latest counts of one generation of a queue, as sweeps have written them.</summary>
/// <param name="Table">Names the generation.</param>
/// <param name="SampledAt">When it was written, at most once in each minute of the clock.</param>
/// <param name="Done">What had been done in the queue by then, since its creation.</param>
/// <param name="ETag">Null: there is no such row yet.</param>
internal sealed record FigureRow(
    string Table,
    DateTimeOffset SampledAt,
    QueueFlow Done,
    IReadOnlyDictionary<int, PastCount> Shards,
    ETag? ETag
)
{
    private const string TableColumn = "Table";
    private const string SampledAtColumn = "SampledAt";
    private const string ShardsColumn = "Shards";

    /// <summary>A queue of which nothing was counted yet.</summary>
    public static FigureRow None(string table, ETag? etag) =>
        new(table, DateTimeOffset.MinValue, default, new Dictionary<int, PastCount>(), etag);

    /// <summary>Whether what was counted is what is written.</summary>
    public bool Says(IEnumerable<(int Shard, PastCount Count)> counted) =>
        counted.All(c => (Shards.GetValueOrDefault(c.Shard) ?? PastCount.Nothing(default)).Count.SameAs(c.Count.Count));

    /// <summary>With what was counted since.</summary>
    public FigureRow With(IEnumerable<(int Shard, PastCount Count)> counted, DateTimeOffset now, QueueFlow done)
    {
        var shards = new Dictionary<int, PastCount>(Shards);
        foreach (var (shard, count) in counted)
            shards[shard] = count;
        return this with { SampledAt = now, Done = done.Most(Done), Shards = shards };
    }

    /// <summary>The row; null for one that this version cannot read, which is to be left as it is.</summary>
    public static FigureRow? Read(TableEntity entity)
    {
        try
        {
            return entity.Column<string>(TableColumn) is not { } table
                ? null
                : new FigureRow(
                    table,
                    entity.GetDateTimeOffset(SampledAtColumn) ?? DateTimeOffset.MinValue,
                    new QueueFlow(
                        entity.GetInt64(nameof(QueueFlow.Enqueued)) ?? 0,
                        entity.GetInt64(nameof(QueueFlow.Acked)) ?? 0,
                        entity.GetInt64(nameof(QueueFlow.DeadLettered)) ?? 0
                    ),
                    CountCodec.DecodeShards(entity.Column<byte[]>(ShardsColumn)),
                    entity.StoredETag()
                );
        }
        catch (UnsupportedFormatException)
        {
            return null;
        }
    }

    public TableTransactionAction Write(string key)
    {
        var entity = new TableEntity(FigureKeys.Partition, key)
        {
            [TableColumn] = Table,
            [SampledAtColumn] = SampledAt,
            [nameof(QueueFlow.Enqueued)] = Done.Enqueued,
            [nameof(QueueFlow.Acked)] = Done.Acked,
            [nameof(QueueFlow.DeadLettered)] = Done.DeadLettered,
            [ShardsColumn] = CountCodec.EncodeShards(Shards),
        };
        return ETag is { } etag
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, etag)
            : new TableTransactionAction(TableTransactionActionType.Add, entity);
    }
}
