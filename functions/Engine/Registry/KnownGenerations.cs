using System.Collections.Concurrent;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>
/// The queues, or the topics, as this process knows them: what it read of the registry is trusted for a short time, then read again. While
/// the registry does not answer, what is known holds on, up to a bound. What nobody uses is forgotten.
/// </summary>
/// <param name="version">Changes with each of them.</param>
internal abstract class KnownGenerations<TName, TRecord, TRuntime>(EngineContext context, RegistryVersion version)
    where TName : class
    where TRecord : class, IGenerationRecord<TName>
    where TRuntime : class, IGeneration<TRecord>
{
    private static readonly TimeSpan TidyInterval = TimeSpan.FromSeconds(30);

    /// <summary>How long a name that no call is about is kept.</summary>
    private static readonly TimeSpan UnusedFor = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long what was read of a name is taken to hold because the registry is the same: processes of an earlier version do not say that
    /// they change it.
    /// </summary>
    private static readonly TimeSpan UnreadFor = TimeSpan.FromMinutes(1);

    /// <summary>How long a call waits for the registry when it could do without.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<TName, Entry> known = [];
    private readonly ConcurrentDictionary<TName, Lazy<Task<TRuntime?>>> reading = [];

    // By the machine's own clock: it is about the load on the registry.
    private readonly Pace pace = new(TimeProvider.System);
    private long lastTidied = context.Time.GetTimestamp();

    public IEnumerable<TRuntime> All => known.Values.Select(e => e.Runtime);

    protected EngineContext Context => context;

    /// <summary>What has the name, or null when nothing has.</summary>
    public ValueTask<TRuntime?> FindAsync(TName name, CancellationToken cancellationToken)
    {
        if (!known.TryGetValue(name, out var entry))
            return new ValueTask<TRuntime?>(RefreshAsync(name).WaitAsync(cancellationToken));
        entry.Use(context.Time.GetTimestamp());
        var age = context.Time.GetElapsedTime(entry.KnownAt);
        if (age < context.Options.SettingsCacheTime)
            return new ValueTask<TRuntime?>(entry.Runtime);
        if (age >= context.Options.MaxSettingsAge)
            return new ValueTask<TRuntime?>(RefreshAsync(name).WaitAsync(cancellationToken));
        return pace.Remaining > TimeSpan.Zero
            ? new ValueTask<TRuntime?>(entry.Runtime)
            : new ValueTask<TRuntime?>(TryRefreshAsync(entry, cancellationToken));
    }

    /// <summary>Reads the registry again; callers that come meanwhile share the read.</summary>
    public Task<TRuntime?> RefreshAsync(TName name)
    {
        // A read that began before the caller did may be too old for the caller only if it shares one that is under way: such a
        // one began after the cached entry went stale, which is all that FindAsync promises.
        var shared = reading.GetOrAdd(name, _ => new Lazy<Task<TRuntime?>>(() => ReadSharedAsync(name)));
        return shared.Value;
    }

    /// <summary>What has the name after the call began.</summary>
    public async Task<TRuntime?> ReadAsync(TName name, CancellationToken cancellationToken)
    {
        TidyNowAndThen();
        var (readAt, before) = (context.Time.GetTimestamp(), version.Latest?.Version);
        var record = await ReadRecordAsync(name, cancellationToken);
        if (record is not null)
            return await LearnAsync(record, readAt, before);
        Forget(name);
        return null;
    }

    /// <summary>Drops what is gone.</summary>
    public void Forget(TName name)
    {
        if (known.TryRemove(name, out var entry))
            Gone(entry.Runtime);
    }

    /// <summary>Forgets what no call has been about for a while, and gives back memory that nobody uses.</summary>
    public void ForgetUnused()
    {
        foreach (var (name, entry) in known)
        {
            // Whoever still holds it can go on with it: all that is shared is in storage.
            if (context.Time.GetElapsedTime(entry.UsedAt) >= UnusedFor && entry.Runtime.IsIdle)
                known.TryRemove(new KeyValuePair<TName, Entry>(name, entry));
            else
                Tidy(entry.Runtime);
        }
    }

    /// <summary>Takes in a record that this process has read, at <paramref name="readAt"/> or later.</summary>
    /// <param name="before">The registry's version before that; null: not known.</param>
    protected abstract Task<TRuntime> LearnAsync(TRecord record, long readAt, string? before);

    /// <summary>The row as it is now, or null; throws as storage does.</summary>
    protected abstract Task<TRecord?> ReadRecordAsync(TName name, CancellationToken cancellationToken);

    protected abstract TRuntime Make(TRecord record);

    /// <summary>It is gone from storage: whoever waits here is told.</summary>
    protected virtual void Gone(TRuntime runtime) { }

    /// <summary>Gives back memory that nobody uses.</summary>
    protected virtual void Tidy(TRuntime runtime) { }

    /// <inheritdoc cref="LearnAsync"/>
    protected TRuntime Take(TRecord record, long readAt, string? before)
    {
        var entry = known.AddOrUpdate(
            record.Name,
            _ => new Entry(Make(record), readAt, context.Time.GetTimestamp(), before),
            (_, old) =>
            {
                // A reading that was overtaken by a later one.
                if (record.WrittenAt < old.Runtime.Record.WrittenAt)
                    return old;
                if (old.Runtime.Record.Table != record.Table)
                    return new Entry(Make(record), readAt, context.Time.GetTimestamp(), before);
                old.Runtime.Update(record);
                return new Entry(old.Runtime, Math.Max(old.ReadAt, readAt), context.Time.GetTimestamp(), before ?? old.Version);
            }
        );
        return entry.Runtime;
    }

    /// <summary>Reads a name again if what is known of it is older than it may be; that holds on while the registry is silent.</summary>
    protected async ValueTask ConfirmAsync(TName name)
    {
        if (!known.ContainsKey(name))
            return;
        try
        {
            await FindAsync(name, CancellationToken.None);
        }
        catch (StorageFaultException)
        {
            // The next call asks again.
        }
    }

    /// <summary>What the registry says now, or, when it does not answer in time, what is known.</summary>
    private async Task<TRuntime?> TryRefreshAsync(Entry entry, CancellationToken cancellationToken)
    {
        try
        {
            var latest = await RefreshAsync(entry).WaitAsync(Patience, context.Time, cancellationToken);
            pace.Served();
            return latest;
        }
        catch (Exception exception) when (exception is StorageFaultException or TimeoutException)
        {
            pace.Refused((exception as StorageFaultException)?.Fault.Asked);
            return entry.Runtime;
        }
    }

    /// <summary>Reads the row again, unless the registry is as it was when that was last done.</summary>
    private async Task<TRuntime?> RefreshAsync(Entry entry)
    {
        if (known.Count > 1)
        {
            var now = await version.ReadAsync(context.Options.SettingsCacheTime);
            if (entry.Version == now.Version && context.Time.GetElapsedTime(entry.ReadAt) < UnreadFor)
            {
                entry.Confirm(now.At);
                return entry.Runtime;
            }
        }

        return await RefreshAsync(entry.Runtime.Record.Name);
    }

    private async Task<TRuntime?> ReadSharedAsync(TName name)
    {
        await Task.Yield();
        try
        {
            return await ReadAsync(name, CancellationToken.None);
        }
        finally
        {
            reading.TryRemove(name, out _);
        }
    }

    /// <summary>Sweeps give memory back too, but on Azure they may never run in a process that serves consumers.</summary>
    private void TidyNowAndThen()
    {
        var last = Volatile.Read(ref lastTidied);
        if (
            context.Time.GetElapsedTime(last) >= TidyInterval
            && Interlocked.CompareExchange(ref lastTidied, context.Time.GetTimestamp(), last) == last
        )
            ForgetUnused();
    }

    private sealed class Entry(TRuntime runtime, long readAt, long usedAt, string? version)
    {
        private long usedAt = usedAt;
        private long confirmedAt = readAt;

        public TRuntime Runtime => runtime;

        public long ReadAt { get; } = readAt;

        /// <summary>When it last was certain that the row is as it was read.</summary>
        public long KnownAt => Volatile.Read(ref confirmedAt);

        /// <summary>The registry's version before the row was read; null: not known.</summary>
        public string? Version => version;

        public long UsedAt => Volatile.Read(ref usedAt);

        public void Use(long now) => Volatile.Write(ref usedAt, now);

        public void Confirm(long at) => Volatile.Write(ref confirmedAt, Math.Max(at, KnownAt));
    }
}
