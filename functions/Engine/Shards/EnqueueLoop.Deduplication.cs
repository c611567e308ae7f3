using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <content>
/// Deduplication: a message's key is inserted in the transaction that inserts the message, so of two processes with one key one
/// succeeds, and the other reads whose the key is.
/// </content>
internal sealed partial class EnqueueLoop
{
    private const int MaxAttempts = 20;

    /// <summary>Leaves of each key the first message of a commit; the others get its answer.</summary>
    private static List<PendingEnqueue> WithoutRepeats(List<PendingEnqueue> batch)
    {
        if (!batch.Exists(m => m.Key is not null))
            return batch;
        var firsts = new Dictionary<DeduplicationKey, PendingEnqueue>();
        return batch.FindAll(message =>
        {
            if (message.Key is not { } key || firsts.TryAdd(key, message))
                return true;
            _ = FollowAsync(firsts[key], message);
            return false;
        });

        static async Task FollowAsync(PendingEnqueue first, PendingEnqueue repeat)
        {
            var outcome = await first.Completion;
            // An upload of the repeat stays unfinished: the sweep collects it.
            repeat.Complete(outcome.TryGetValue(out var enqueued, out _) ? enqueued with { Duplicate = true } : outcome);
        }
    }

    /// <summary>The operations that remember the keys of these messages.</summary>
    private IEnumerable<TableTransactionAction> Remember(List<(BatchRow Row, List<PendingEnqueue> Messages)> rows, Dictionary<DeduplicationKey, ETag> ended)
    {
        var byEnd = new Dictionary<DateTimeOffset, List<DeduplicationKey>>();
        foreach (var (row, messages) in rows)
        {
            for (var slot = 0; slot < messages.Count; slot++)
            {
                if (messages[slot].Key is not { } key)
                    continue;
                var end = WholeMilliseconds(row.Index.EnqueuedAt + messages[slot].KeyWindow);
                if (!byEnd.TryGetValue(end, out var keys))
                    byEnd.Add(end, keys = []);
                keys.Add(key);
                yield return DeduplicationRows.Remember(table.Shard, key, row.IdOf(slot), row.Index.EnqueuedAt, end, ended.TryGetValue(key, out var etag) ? etag : null);
            }
        }

        foreach (var (end, keys) in byEnd)
            yield return DeduplicationRows.List(table.Shard, rows[0].Row.Birth, end, keys);
    }

    /// <summary>The next whole millisecond: what row keys and columns both hold exactly.</summary>
    private static DateTimeOffset WholeMilliseconds(DateTimeOffset instant) =>
        instant.AddTicks((TimeSpan.TicksPerMillisecond - instant.Ticks % TimeSpan.TicksPerMillisecond) % TimeSpan.TicksPerMillisecond);

    /// <summary>
    /// Some key of the commit is remembered already. All are read: messages whose key stands for another get that one's id; keys whose
    /// window has ended are noted for replacement; what is left is written again.
    /// </summary>
    private async Task<List<PendingEnqueue>> WithoutDuplicatesAsync(List<PendingEnqueue> batch, Dictionary<DeduplicationKey, ETag> ended)
    {
        ended.Clear();
        var keyed = batch.FindAll(m => m.Key is not null);
        TableEntity?[] found;
        try
        {
            found = await Task.WhenAll(keyed.Select(m => table.ReadEntityAsync(DeduplicationRows.RowKey(m.Key!.Value), null, CancellationToken.None)));
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
            if (remembered.ExpiresAt <= now)
            {
                ended[keyed[i].Key!.Value] = remembered.ETag;
                continue;
            }

            keyed[i].Complete(new Enqueued(remembered.Message, remembered.EnqueuedAt, Duplicate: true, ordered ? MessageLocation.SequenceNumberOf(remembered.Message) : null));
            duplicates.Add(keyed[i]);
        }

        return batch.FindAll(m => !duplicates.Contains(m));
    }

    /// <summary>Others keep changing the keys; nothing was written.</summary>
    private static List<PendingEnqueue> Refuse(List<PendingEnqueue> batch)
    {
        batch.ForEach(m => m.Complete(new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter)));
        return [];
    }
}
