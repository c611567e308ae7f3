using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// Deduplication of appends: a key is inserted in the transaction that stores the records, so of two processes with one key one succeeds,
/// and the other reads what the key stands for.
/// </summary>
internal sealed class AppendKeys(EngineContext context, ShardTable table)
{
    public EndedKeys Ended { get; } = new();

    /// <summary>
    /// Leaves of each key the first append. The others get its answer; when it was refused, they are handed back to be judged themselves.
    /// </summary>
    public static List<PendingAppend> WithoutRepeats(List<PendingAppend> appends, Action<PendingAppend> again)
    {
        if (!appends.Exists(a => a.Key is not null))
            return appends;
        var (firsts, held) = (new Dictionary<DeduplicationKey, PendingAppend>(), new HashSet<PendingAppend>());
        return appends.FindAll(append =>
        {
            if (append.Behind is { } before && held.Contains(before))
                _ = ComeAfterAsync(before, append);
            else if (append.Key is { } key && !firsts.TryAdd(key, append))
                _ = FollowAsync(firsts[key], append);
            else
                return true;
            held.Add(append);
            return false;
        });

        async Task FollowAsync(PendingAppend first, PendingAppend repeat)
        {
            var outcome = await first.Completion;
            if (outcome.TryGetValue(out var appended, out var failure))
                repeat.Complete(appended with { IsDuplicate = true });
            else if (failure is Failure.OffsetMismatch or Failure.Unroutable or Failure.EarlierFailed)
                again(repeat);
            else
                repeat.Complete(outcome);
        }

        async Task ComeAfterAsync(PendingAppend before, PendingAppend append)
        {
            await before.Completion;
            again(append);
        }
    }

    /// <summary>
    /// Reads the keys of appends: those that stand for something get it as their answer; keys whose window is over are noted for
    /// replacement; what is left is to be written, or refused for another reason.
    /// </summary>
    public async Task<List<PendingAppend>> WithoutDuplicatesAsync(List<PendingAppend> appends)
    {
        var keyed = appends.FindAll(a => a.Key is not null);
        var gone = new HashSet<PendingAppend>();
        try
        {
            var rows = await Task.WhenAll(
                keyed.Select(a => table.ReadEntityAsync(DeduplicationRows.RowKey(a.Key!.Value), null, CancellationToken.None))
            );
            var now = context.Now;
            for (var i = 0; i < keyed.Count; i++)
            {
                Ended.Remove(keyed[i].Key!.Value);
                keyed[i].IsNew = true;
                if (rows[i] is not { } row)
                    continue;
                var (stands, expiresAt) = AppendKeyRows.Read(row);
                if (DeduplicationRows.HasEnded(expiresAt, now, context.Options.ClockSkewBound))
                {
                    Ended.Add(keyed[i].Key!.Value, row.StoredETag());
                    continue;
                }

                keyed[i].Complete(stands);
                gone.Add(keyed[i]);
            }
        }
        catch (Exception exception) when (exception is StorageFaultException or UnsupportedFormatException)
        {
            foreach (var append in keyed.Where(a => !gone.Contains(a)))
            {
                append.Complete(
                    exception is StorageFaultException storage
                        ? storage.Fault.ToReadFailure()
                        : new Failure.RecordUnreadable(StorageFault.DefaultRetryAfter)
                );
                gone.Add(append);
            }
        }

        return appends.FindAll(a => !gone.Contains(a));
    }
}
