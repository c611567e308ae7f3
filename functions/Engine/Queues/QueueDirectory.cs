using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure.Data.Tables;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// The queues as this process knows them: what it read of the registry is trusted for a short time, then read again. While the registry
/// does not answer, what is known of a queue holds on, up to a bound. Queues that nobody uses are forgotten.
/// </summary>
internal sealed class QueueDirectory(EngineContext context, DataAccounts accounts, QueueRegistry registry)
{
    private static readonly TimeSpan TidyInterval = TimeSpan.FromSeconds(30);

    /// <summary>How long a queue that no call is about is kept.</summary>
    private static readonly TimeSpan UnusedFor = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long what was read of a queue is taken to hold because the registry is the same: processes of an earlier version do not say that
    /// they change it.
    /// </summary>
    private static readonly TimeSpan UnreadFor = TimeSpan.FromMinutes(1);

    /// <summary>How long a call waits for the registry when it could do without.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Entry> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<QueueRuntime?>>> reading = new(StringComparer.Ordinal);

    // By the machine's own clock: it is about the load on the registry.
    private readonly Pace pace = new(TimeProvider.System);
    private volatile byte[]? signingKey;
    private long lastTidied = context.Time.GetTimestamp();

    public IEnumerable<QueueRuntime> All => known.Values.Select(e => e.Runtime);

    /// <summary>Answers the receivers that wait with nothing.</summary>
    public void AnswerWaiting()
    {
        foreach (var runtime in All)
        {
            runtime.Live.CompleteAll(Array.Empty<DeliveredMessage>());
            runtime.Dead.CompleteAll(Array.Empty<DeliveredMessage>());
        }
    }

    /// <summary>The queue, or null when there is none.</summary>
    public ValueTask<QueueRuntime?> FindAsync(QueueName queue, CancellationToken cancellationToken)
    {
        if (!known.TryGetValue(queue.Value, out var entry))
            return new ValueTask<QueueRuntime?>(RefreshAsync(queue).WaitAsync(cancellationToken));
        entry.Use(context.Time.GetTimestamp());
        var age = context.Time.GetElapsedTime(entry.KnownAt);
        if (age < context.Options.SettingsCacheTime)
            return new ValueTask<QueueRuntime?>(entry.Runtime);
        if (age >= context.Options.MaxSettingsAge)
            return new ValueTask<QueueRuntime?>(RefreshAsync(queue).WaitAsync(cancellationToken));
        return pace.Remaining > TimeSpan.Zero
            ? new ValueTask<QueueRuntime?>(entry.Runtime)
            : new ValueTask<QueueRuntime?>(TryRefreshAsync(entry, cancellationToken));
    }

    /// <summary>The table of one shard of a queue of which nothing need be known for long.</summary>
    public ShardTable TableOf(QueueRecord record, int shard) =>
        accounts.Find(record.Place.Account).Clients.ShardOf(record.Table, shard, context.Unreadable);

    /// <summary>Reads the registry again; callers that come meanwhile share the read.</summary>
    public Task<QueueRuntime?> RefreshAsync(QueueName queue)
    {
        // A read that began before the caller did may be too old for the caller only if it shares one that is under way: such a
        // one began after the cached entry went stale, which is all that FindAsync promises.
        var shared = reading.GetOrAdd(queue.Value, _ => new Lazy<Task<QueueRuntime?>>(() => ReadSharedAsync(queue)));
        return shared.Value;
    }

    /// <summary>The queue as it is after the call began.</summary>
    public async Task<QueueRuntime?> ReadAsync(QueueName queue, CancellationToken cancellationToken)
    {
        TidyNowAndThen();
        var (readAt, version) = (context.Time.GetTimestamp(), registry.Version.Latest?.Version);
        var record = await registry.ReadAsync(queue, cancellationToken);
        if (record is not null)
            return await LearnAsync(record, readAt, version);
        Forget(queue);
        return null;
    }

    /// <summary>Takes in a record that this process has just read or written.</summary>
    public Task<QueueRuntime> LearnAsync(QueueRecord record) => LearnAsync(record, context.Time.GetTimestamp());

    /// <summary>Takes in a record that this process has read, at <paramref name="readAt"/> or later.</summary>
    /// <param name="version">The registry's version before that; null: not known.</param>
    public async Task<QueueRuntime> LearnAsync(QueueRecord record, long readAt, string? version = null)
    {
        var key = await SigningKeyAsync();
        var entry = known.AddOrUpdate(
            record.Info.Name.Value,
            _ => new Entry(
                new QueueRuntime(context, accounts.Find(record.Place.Account), registry, record, key, () => ConfirmAsync(record.Info.Name)),
                readAt,
                context.Time.GetTimestamp(),
                version
            ),
            (_, old) =>
            {
                // A reading that was overtaken by a later one.
                if (record.WrittenAt < old.Runtime.Record.WrittenAt)
                    return old;
                if (old.Runtime.Table != record.Table)
                    return new Entry(
                        new QueueRuntime(
                            context,
                            accounts.Find(record.Place.Account),
                            registry,
                            record,
                            key,
                            () => ConfirmAsync(record.Info.Name)
                        ),
                        readAt,
                        context.Time.GetTimestamp(),
                        version
                    );
                old.Runtime.Update(record);
                return new Entry(old.Runtime, Math.Max(old.ReadAt, readAt), context.Time.GetTimestamp(), version ?? old.Version);
            }
        );
        return entry.Runtime;
    }

    /// <summary>Drops a queue that is gone; its waiting receivers are told.</summary>
    public void Forget(QueueName queue)
    {
        if (!known.TryRemove(queue.Value, out var entry))
            return;
        context.Metrics.Forget(queue);
        entry.Runtime.Live.CompleteAll(new Failure.QueueGone());
        entry.Runtime.Dead.CompleteAll(new Failure.QueueGone());
    }

    /// <summary>
    /// Gives back memory that no consumer of this process uses, and forgets queues that no call has been about for a while.
    /// </summary>
    public void ForgetUnused()
    {
        foreach (var (name, entry) in known)
        {
            if (context.Time.GetElapsedTime(entry.UsedAt) >= UnusedFor && entry.Runtime.IsIdle)
            {
                // Whoever still holds it can go on with it: all that is shared is in storage.
                known.TryRemove(new KeyValuePair<string, Entry>(name, entry));
                continue;
            }

            foreach (var shard in entry.Runtime.Shards)
                shard.ForgetUnattended();
        }
    }

    /// <summary>Reads a queue again if what is known of it is older than it may be; that holds on while the registry is silent.</summary>
    private async ValueTask ConfirmAsync(QueueName queue)
    {
        if (!known.ContainsKey(queue.Value))
            return;
        try
        {
            await FindAsync(queue, CancellationToken.None);
        }
        catch (StorageFaultException)
        {
            // The next call asks again.
        }
    }

    /// <summary>The queue as the registry says now, or, when the registry does not answer in time, as it is known.</summary>
    private async Task<QueueRuntime?> TryRefreshAsync(Entry entry, CancellationToken cancellationToken)
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

    /// <summary>Reads the queue again, unless the registry is as it was when that was last done.</summary>
    private async Task<QueueRuntime?> RefreshAsync(Entry entry)
    {
        if (known.Count > 1)
        {
            var now = await registry.Version.ReadAsync(context.Options.SettingsCacheTime);
            if (entry.Version == now.Version && context.Time.GetElapsedTime(entry.ReadAt) < UnreadFor)
            {
                entry.Confirm(now.At);
                return entry.Runtime;
            }
        }

        return await RefreshAsync(entry.Runtime.Name);
    }

    private async Task<QueueRuntime?> ReadSharedAsync(QueueName queue)
    {
        await Task.Yield();
        try
        {
            return await ReadAsync(queue, CancellationToken.None);
        }
        finally
        {
            reading.TryRemove(queue.Value, out _);
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

    /// <summary>The key that signs receipts and tokens: made by the first process, the same for all, kept for good.</summary>
    public async Task<byte[]> SigningKeyAsync()
    {
        if (signingKey is { } cached)
            return cached;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (
                await registry.Table.ReadAsync(RegistryKeys.SigningKey, CancellationToken.None) is { } row
                && row.GetBinary("Key") is { Length: ReceiptCodec.KeyBytes } key
            )
                return signingKey = key;
            await registry.Table.CommitAsync(
                new TableTransactionAction(
                    TableTransactionActionType.Add,
                    new TableEntity(RegistryKeys.Partition, RegistryKeys.SigningKey)
                    {
                        ["Key"] = RandomNumberGenerator.GetBytes(ReceiptCodec.KeyBytes),
                    }
                )
            );
        }

        throw new StorageFaultException(
            new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter),
            new InvalidOperationException("No signing key.")
        );
    }

    private sealed class Entry(QueueRuntime runtime, long readAt, long usedAt, string? version)
    {
        private long usedAt = usedAt;
        private long confirmedAt = readAt;

        public QueueRuntime Runtime => runtime;

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
