using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>The cursors of subscriptions, in the shards of their targets.</summary>
internal sealed class Cursors(Targets targets)
{
    private const int Parallel = 16;
    private const int MaxAttempts = 200;

    public Targets Targets => targets;

    public static async Task<FeedCursor?> ReadAsync(ShardTable table, string key, CancellationToken cancellationToken) =>
        await table.ReadEntityAsync(key, null, cancellationToken) is { } entity ? FeedCursor.Read(entity) : null;

    /// <summary>Makes the cursors that are not there yet: those that are may have moved.</summary>
    public Task<Failure?> InsertAsync(SubscriptionRow subscription, IReadOnlyList<long> positions, long judge) =>
        ForAllAsync(
            subscription,
            positions.Count,
            async (table, partition) =>
                await table.CommitAsync([
                    new TableTransactionAction(
                        TableTransactionActionType.Add,
                        New(subscription, partition, positions[partition], judge).ToEntity(table.Shard)
                    ),
                ])
                    is Commit.Failed({ Kind: not FaultKind.Conflict } fault)
                    ? fault.ToReadFailure()
                    : null
        );

    /// <summary>Closes all cursors, also those that are not there: a late insert of an open one fails then.</summary>
    public Task<Failure?> CloseAsync(SubscriptionRow subscription, int partitions, DateTimeOffset now) =>
        ForAllAsync(
            subscription,
            partitions,
            async (table, partition) =>
                await table.CommitAsync([
                    new TableTransactionAction(
                        TableTransactionActionType.UpsertReplace,
                        (New(subscription, partition, 0, 0) with { ClosedAt = now }).ToEntity(table.Shard)
                    ),
                ])
                    is Commit.Failed({ Kind: not FaultKind.TableMissing } fault)
                    ? fault.ToReadFailure()
                    : null
        );

    /// <summary>Puts every cursor somewhere else, whoever moves it meanwhile. It can be repeated.</summary>
    /// <param name="change">Null: it stays.</param>
    public Task<Failure?> ChangeAsync(SubscriptionRow subscription, int partitions, Func<int, FeedCursor, FeedCursor?> change) =>
        ForAllAsync(
            subscription,
            partitions,
            async (table, partition) =>
            {
                for (var attempt = 0; attempt < MaxAttempts; attempt++)
                {
                    var cursor = await ReadAsync(table, subscription.CursorKeyOf(partition), CancellationToken.None);
                    if (cursor is not { IsClosed: false } || change(partition, cursor) is not { } changed)
                        return null;
                    var entity = (changed with { Writer = Guid.NewGuid() }).ToEntity(table.Shard);
                    switch (await table.CommitAsync([new(TableTransactionActionType.UpdateReplace, entity, cursor.ETag)]))
                    {
                        case Commit.Done:
                            return null;
                        case Commit.Failed({ Kind: FaultKind.Conflict }):
                            continue;
                        case Commit.Failed(var fault):
                            return fault.ToFailure();
                    }
                }

                return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
            }
        );

    /// <summary>The open cursors of a partition, with their shards; none where the target is gone.</summary>
    public async Task<IReadOnlyList<(int Shard, FeedCursor Cursor)>> ReadOpenAsync(
        SubscriptionRow subscription,
        int partition,
        CancellationToken cancellationToken
    )
    {
        if (await targets.FindAsync(subscription, cancellationToken) is not { } target)
            return [];
        var shards = subscription.ShardsOf(partition).ToList();
        try
        {
            var cursors = await Task.WhenAll(
                shards.Select(s => ReadAsync(target.TableOf(s), subscription.CursorKeyOf(partition), cancellationToken))
            );
            return [.. shards.Zip(cursors).Where(c => c.Second is { IsClosed: false }).Select(c => (c.First, c.Second!))];
        }
        catch (StorageFaultException exception) when (exception.Fault.Kind == FaultKind.TableMissing)
        {
            return [];
        }
    }

    /// <summary>The least position in a partition; <see cref="long.MaxValue"/> where there is no open cursor.</summary>
    public async Task<long> ReadPositionAsync(SubscriptionRow subscription, int partition, CancellationToken cancellationToken) =>
        (await ReadOpenAsync(subscription, partition, cancellationToken)).Select(c => c.Cursor.Next).DefaultIfEmpty(long.MaxValue).Min();

    private static FeedCursor New(SubscriptionRow subscription, int partition, long next, long judge) =>
        new()
        {
            Key = subscription.CursorKeyOf(partition),
            Next = next,
            Judge = judge,
            Writer = Guid.NewGuid(),
        };

    private static IEnumerable<(int Partition, int Shard)> Places(SubscriptionRow subscription, int partitions) =>
        Enumerable.Range(0, partitions).SelectMany(p => subscription.ShardsOf(p), (partition, shard) => (partition, shard));

    private async Task<Failure?> ForAllAsync(SubscriptionRow subscription, int partitions, Func<ShardTable, int, Task<Failure?>> change)
    {
        if (await targets.FindAsync(subscription, CancellationToken.None) is not { } target)
            return null;
        foreach (var chunk in Places(subscription, partitions).Chunk(Parallel))
        {
            var failures = await Task.WhenAll(chunk.Select(p => change(target.TableOf(p.Shard), p.Partition)));
            if (failures.FirstOrDefault(f => f is not null) is { } failure)
                return failure;
        }

        return null;
    }
}
