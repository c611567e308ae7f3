using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Deduplication: a message's key is inserted in the transaction that inserts the message, so of two processes with one key one
/// succeeds, and the other reads whose the key is. Keys of one batch of messages.
/// </summary>
internal sealed class RememberedKeys(EngineContext context, ShardTable table, RowComposition composition)
{
    // Keys found remembered beyond their windows, to be replaced.
    private readonly Dictionary<DeduplicationKey, ETag> ended = [];

    /// <summary>Leaves of each key the first message of a commit, or all that share it; the others get its answer.</summary>
    public static List<PendingEnqueue> WithoutRepeats(List<PendingEnqueue> batch)
    {
        if (!batch.Exists(m => m.Key is not null))
            return batch;
        var firsts = new Dictionary<(DeduplicationKey, int), PendingEnqueue>();
        return batch.FindAll(message =>
        {
            if (message.Key is not { } key || firsts.TryAdd((key, message.Place), message))
                return true;
            _ = FollowAsync(firsts[(key, message.Place)], message);
            return false;
        });

        static async Task FollowAsync(PendingEnqueue first, PendingEnqueue repeat)
        {
            var outcome = await first.Completion;
            // An upload of the repeat stays unfinished: the sweep collects it.
            repeat.Complete(outcome.TryGetValue(out var enqueued, out _) ? enqueued with { Duplicate = true } : outcome);
        }
    }

    /// <summary>Adds the operations that remember the keys of these messages.</summary>
    public void Remember(Transaction transaction, List<NewRow> rows)
    {
        var byEnd = new Dictionary<DateTimeOffset, List<DeduplicationKey>>();
        var shared = new Dictionary<EnqueuedTogether, MessageId[]>();
        foreach (var (row, messages) in rows.Select(r => (r.Row, r.Messages)))
        {
            for (var slot = 0; slot < messages.Count; slot++)
            {
                if (messages[slot].Key is not { } key)
                    continue;
                if (messages[slot].Together is { } together)
                {
                    if (!shared.TryGetValue(together, out var ids))
                        shared.Add(together, ids = new MessageId[together.Messages.Count]);
                    ids[messages[slot].Place] = row.IdOf(slot);
                    continue;
                }

                var group = composition.KeepsOrder ? messages[slot].GroupHash : (ulong?)null;
                Add(key, [row.IdOf(slot)], group, row.Index.EnqueuedAt, messages[slot].KeyWindow);
            }
        }

        foreach (var (together, ids) in shared)
            Add(together.Messages[0].Key!.Value, ids, null, rows[0].Row.Index.EnqueuedAt, together.Messages[0].KeyWindow);
        foreach (var (end, keys) in byEnd)
            // The birth row's time, process and counter make the key this process's own.
            transaction.Add(rows[0], DeduplicationRows.List(table.Shard, rows[0].Row.Birth.Key, end, keys));

        void Add(DeduplicationKey key, ReadOnlySpan<MessageId> ids, ulong? group, DateTimeOffset at, TimeSpan window)
        {
            var end = WholeMilliseconds(at + window);
            if (!byEnd.TryGetValue(end, out var keys))
                byEnd.Add(end, keys = []);
            keys.Add(key);
            ETag? instead = ended.TryGetValue(key, out var etag) ? etag : null;
            transaction.Add(new Remembering(), DeduplicationRows.Remember(table.Shard, key, ids, group, at, end, instead));
        }
    }

    /// <summary>Whether a conflict is over a key.</summary>
    public static bool IsOver(WriteOwner owner) => owner is Remembering;

    /// <summary>
    /// Some key of the commit is remembered already. All are read: messages whose key stands for another get that one's id; keys whose
    /// window has ended are noted for replacement; what is left is to be written again.
    /// </summary>
    public async Task<List<PendingEnqueue>> WithoutDuplicatesAsync(List<PendingEnqueue> batch)
    {
        ended.Clear();
        var keyed = batch.FindAll(m => m.Key is not null);
        TableEntity?[] found;
        try
        {
            var reads = keyed.Select(m => m.Key!.Value).Distinct().ToDictionary(key => key, ReadAsync);
            found = await Task.WhenAll(keyed.Select(m => reads[m.Key!.Value]));
        }
        catch (StorageFaultException exception)
        {
            keyed.ForEach(m => m.Complete(exception.Fault.ToReadFailure()));
            return batch.FindAll(m => m.Key is null);
        }

        var (now, duplicates) = (context.Now, new HashSet<PendingEnqueue>());
        for (var i = 0; i < keyed.Count; i++)
        {
            if (found[i] is not { } entity)
                continue;
            var remembered = DeduplicationRows.Read(entity);
            if (remembered.HasEnded(now, context.Options.ClockSkewBound))
            {
                ended[keyed[i].Key!.Value] = remembered.ETag;
                continue;
            }

            var message = remembered.Messages[keyed[i].Place];
            keyed[i].Complete(new Enqueued(message, remembered.EnqueuedAt, Duplicate: true, composition.SequenceNumberOf(message)));
            duplicates.Add(keyed[i]);
        }

        return batch.FindAll(m => !duplicates.Contains(m));
    }

    /// <summary>
    /// What the first key of these rows says of their insert: while it is remembered it tells, even of messages that are gone by now.
    /// </summary>
    public async Task<Sight> SeeAsync(List<NewRow> rows)
    {
        foreach (var row in rows)
        {
            for (var slot = 0; slot < row.Messages.Count; slot++)
            {
                if (row.Messages[slot] is { Key: { } key, Place: var place })
                    return await ReadAsync(key) is { } entity && DeduplicationRows.Read(entity).Messages[place] == row.Row.IdOf(slot)
                        ? Sight.Ours
                        : Sight.Unread;
            }
        }

        return Sight.Unread;
    }

    private Task<TableEntity?> ReadAsync(DeduplicationKey key) =>
        table.ReadEntityAsync(DeduplicationRows.RowKey(key), null, CancellationToken.None);

    /// <summary>The next whole millisecond: what row keys and columns both hold exactly.</summary>
    private static DateTimeOffset WholeMilliseconds(DateTimeOffset instant) =>
        instant.AddTicks((TimeSpan.TicksPerMillisecond - instant.Ticks % TimeSpan.TicksPerMillisecond) % TimeSpan.TicksPerMillisecond);

    /// <summary>Of an operation that remembers a key.</summary>
    private sealed class Remembering : WriteOwner;
}
