using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// What this process knows of one shard. It may be old; then a write fails, and what concerns it is read. Used by one loop at a time.
/// </summary>
internal abstract class KnownShard(Func<DeliveryPolicy> policy, Func<DateTimeOffset> clock, IRowGroups groups)
{
    /// <summary>Rows with nothing to do for longer than this are not kept from a scan.</summary>
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromSeconds(1);

    public RowCache Rows { get; } = new(policy, clock, groups);

    /// <summary>The locks of groups; null where groups have none.</summary>
    public virtual KnownLocks? Locks => null;

    protected DeliveryPolicy Policy => policy();

    protected DateTimeOffset Now => clock();

    /// <summary>Takes in a row that was read or written.</summary>
    public virtual CachedRow Remember(BatchRow row, long seen) => Rows.Put(row, seen);

    /// <summary>The row is not there any more.</summary>
    public virtual void Gone(string key, long seen) => Rows.Remove(key);

    /// <summary>Takes in a row that this process has just inserted.</summary>
    /// <param name="behind">On a FIFO queue, the sequence number that the shard's head had before.</param>
    public virtual void Inserted(BatchRow row, long behind) => Rows.Put(row, CachedRow.Stamp());

    public virtual void Forget() => Rows.Clear();

    /// <summary>What is known of these locks no longer holds.</summary>
    public virtual void Distrust(IEnumerable<LockEdit> edits) { }

    /// <summary>Reads the locks that are distrusted.</summary>
    public virtual Task ReadDistrustedAsync() => Task.CompletedTask;

    /// <summary>Reads the locks of leases that are to be settled, where they are not known: mostly of those given elsewhere.</summary>
    public virtual Task ReadLocksOfAsync(IEnumerable<(BatchRow Row, SettleRequest Request)> settled) => Task.CompletedTask;

    public abstract GroupScan TakeIn(Work.ScannedGroups scanned);

    public void TakeIn(Work.Scanned scanned)
    {
        Rows.RemoveMissing(scanned.Range, scanned.Rows.Select(r => r.Key).ToHashSet(StringComparer.Ordinal), scanned.Began);
        var (soon, rules) = (Now + WorthKeeping, Policy);
        foreach (var row in scanned.Rows)
        {
            // What this process wrote or read since the scan began is newer than what the scan saw.
            if (Rows.Find(row.Key) is { } known)
            {
                if (known.Seen >= scanned.Began || known.Row.ETag == row.ETag)
                    continue;
            }
            else if (CachedRow.EarliestAction(row, rules) > soon)
            {
                continue;
            }

            Rows.Put(row, scanned.Began);
        }
    }
}
