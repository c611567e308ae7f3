using Azure.Data.Tables;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Keys;

/// <summary>
/// The keys as this process knows them. What it knows is read again while it is used, and never used when it is older than
/// <see cref="Bound"/>: a key that was revoked opens nothing after that. So where storage does not answer for so long, no key is good.
/// </summary>
internal sealed class KeyBook(EngineContext context, RegistryTable table)
{
    /// <summary>By when every process goes by a change (Contract: docs/reference/http-api.md).</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary>From when on it is read again, while callers still go by what is known.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>Between reads for keys that are unknown here: who shows ones that nobody has makes no load.</summary>
    private static readonly TimeSpan BetweenMisses = TimeSpan.FromMilliseconds(250);

    /// <summary>One read that was under way already, and one more.</summary>
    private const int MaxReads = 2;

    private readonly Lock gate = new();

    // By the machine's own clock: it is about the load on storage.
    private readonly Pace pace = new(TimeProvider.System);
    private volatile Reading? latest;
    private Task? reading;
    private long begun;
    private long outdated;

    /// <summary>The keys as they are, or were not longer ago than the bound.</summary>
    public ValueTask<KeySnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var after = Interlocked.Read(ref outdated);
        if (Usable(after) is not { } known)
            return new ValueTask<KeySnapshot>(ReadUntilAsync(after, cancellationToken));
        if (context.Time.GetElapsedTime(known.At) >= Fresh && pace.Remaining == TimeSpan.Zero)
            _ = ReadSharedAsync().ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        return new ValueTask<KeySnapshot>(known.Keys);
    }

    /// <summary>The keys as they were when the call began, or later: for a caller who shows what is unknown here.</summary>
    public async Task<KeySnapshot> ReadAnewAsync(CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref begun);
        if (latest is { } known && BetweenMisses - context.Time.GetElapsedTime(known.At) is { Ticks: > 0 } wait)
            await Task.Delay(wait, context.Time, cancellationToken);
        return await ReadUntilAsync(before, cancellationToken);
    }

    /// <summary>What was read until now is not gone by any more: this process has changed a key.</summary>
    public void Outdate() => Interlocked.Exchange(ref outdated, Interlocked.Read(ref begun));

    private Reading? Usable(long after) =>
        latest is { } known && known.Number > after && context.Time.GetElapsedTime(known.At) < Bound ? known : null;

    /// <summary>What a read tells that began after this one: changes that come meanwhile, however many, keep nobody waiting.</summary>
    private async Task<KeySnapshot> ReadUntilAsync(long after, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaxReads; i++)
        {
            await ReadSharedAsync().WaitAsync(cancellationToken);
            if (Usable(after) is { } read)
                return read.Keys;
        }

        // Storage answers so slowly that what it says is out of date by then.
        throw Fault(FaultKind.Unavailable, StorageFault.DefaultRetryAfter, "Reading the keys takes too long.");
    }

    private Task ReadSharedAsync()
    {
        lock (gate)
        {
            if (reading is not null)
                return reading;
            if (pace.Remaining is { Ticks: > 0 } rest)
                return Task.FromException(Fault(FaultKind.Throttled, rest, "Storage is left alone for a moment."));
            return reading = ReadOnceAsync();
        }
    }

    private async Task ReadOnceAsync()
    {
        // Yields first, so that the field is set before the task can clear it.
        await Task.Yield();
        try
        {
            var (number, at) = (Interlocked.Increment(ref begun), context.Time.GetTimestamp());
            latest = new Reading(await ReadRowsAsync(), number, at);
            pace.Served();
        }
        catch (StorageFaultException exception)
        {
            pace.Refused(exception.Fault.Asked);
            throw;
        }
        finally
        {
            lock (gate)
                reading = null;
        }
    }

    private async Task<KeySnapshot> ReadRowsAsync()
    {
        if (await table.ReadAsync(RootRow.Key, CancellationToken.None) is not { } entity)
            return new KeySnapshot(null, []);
        var root = RootRow.Read(entity);
        if (latest is { } known && known.Keys.Tag == root.ETag)
            return known.Keys;
        // What changes from here on changes the root's row, too, and is found by the next read.
        return new KeySnapshot(root, await table.QueryAsync(KeyRecord.All, int.MaxValue, ReadRow, CancellationToken.None));
    }

    /// <summary>The key; null for a row that this version cannot read: the key is good for nothing here.</summary>
    private KeyRecord? ReadRow(TableEntity entity)
    {
        try
        {
            return KeyRecord.FromEntity(entity);
        }
        catch (UnsupportedFormatException exception)
        {
            EngineLog.UnreadableKey(context.Log, exception, entity.RowKey);
            return null;
        }
    }

    private static StorageFaultException Fault(FaultKind kind, TimeSpan after, string why) =>
        new(new StorageFault(kind, 0, after), new InvalidOperationException(why));

    /// <param name="Number">Of several reads, that of a later one is greater.</param>
    /// <param name="At">When the read began: it tells of all that had changed before.</param>
    private sealed record Reading(KeySnapshot Keys, long Number, long At);
}
