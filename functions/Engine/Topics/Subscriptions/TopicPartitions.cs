using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Reading;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>The partitions of a topic's generation as changes of its subscriptions see them.</summary>
internal sealed class TopicPartitions
{
    private const int MaxAttempts = 200;
    private const int PlacesInPage = 100;

    // The floor that retention raises.
    private const string FloorKey = "b";
    private const string FloorColumn = "Offset";

    private readonly ShardTable[] tables;

    public TopicPartitions(EngineContext context, DataAccounts accounts, TopicRecord topic)
    {
        var clients = accounts.Find(topic.Place.Account).Clients;
        tables =
        [
            .. Enumerable
                .Range(0, topic.Settings.Partitions)
                .Select(partition => clients.ShardOf(topic.Table, partition, context.Unreadable)),
        ];
    }

    public int Count => tables.Length;

    public ShardTable this[int partition] => tables[partition];

    public async Task<LogHead> ReadHeadAsync(int partition, CancellationToken cancellationToken) =>
        LogHead.Read(await tables[partition].ReadEntityAsync(LogHead.RowKey, null, cancellationToken));

    /// <summary>The next offset of each partition.</summary>
    public async Task<long[]> ReadNextAsync(CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(tables.Select((_, p) => ReadHeadAsync(p, cancellationToken)))).Select(h => h.Next)];

    /// <summary>The offset below which records may be gone, as stored now.</summary>
    public async Task<long> ReadFloorAsync(int partition, CancellationToken cancellationToken) =>
        (await tables[partition].ReadEntityAsync(FloorKey, null, cancellationToken))?.GetInt64(FloorColumn) ?? 0;

    /// <summary>The offset of the first record that was published at an instant or later, or the next one.</summary>
    public async Task<long> FindAsync(int partition, DateTimeOffset instant, CancellationToken cancellationToken)
    {
        var head = await ReadHeadAsync(partition, cancellationToken);
        return await new SeekByInstant(PlacesAsync).FindAsync(instant, head.Next, head.AppendedAt);

        async Task<IReadOnlyList<RecordPlace>> PlacesAsync(long from)
        {
            var (rows, _) = await tables[partition]
                .ReadEntitiesAsync(RecordRow.From(from), PlacesInPage, RecordRow.PlaceColumns, cancellationToken);
            return [.. rows.Select(RecordRow.ReadPlace)];
        }
    }

    /// <summary>
    /// Sees to it that whatever is appended from now on is routed by this version or a later one; the next offsets, from which on that is
    /// so. It can be repeated.
    /// </summary>
    public async Task<Outcome<long[]>> RaiseAsync(long version)
    {
        var raised = await Task.WhenAll(tables.Select((_, partition) => RaiseAsync(partition, version)));
        var next = new long[raised.Length];
        for (var i = 0; i < raised.Length; i++)
        {
            if (!raised[i].TryGetValue(out next[i], out var failure))
                return failure;
        }

        return next;
    }

    private async Task<Outcome<long>> RaiseAsync(int partition, long version)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var head = await ReadHeadAsync(partition, CancellationToken.None);
            if (head.Subscriptions >= version)
                return head.Next;
            switch (await tables[partition].CommitAsync([head.Raised(version).Replace(partition, head)]))
            {
                case Commit.Done:
                    return head.Next;
                // Whoever was first, or whether it was this: the head tells.
                case Commit.Failed({ Kind: FaultKind.Conflict or FaultKind.Uncertain or FaultKind.Throttled }):
                    continue;
                case Commit.Failed(var fault):
                    return fault.ToReadFailure();
            }
        }

        return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
    }
}
