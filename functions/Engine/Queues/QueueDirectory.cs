using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure.Data.Tables;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>The queues as this process knows them: what it read of the registry is trusted for a short time, then read again.</summary>
internal sealed class QueueDirectory(EngineContext context, DataAccounts accounts, QueueRegistry registry)
{
    private static readonly TimeSpan TidyInterval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Entry> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<QueueRuntime?>>> reading = new(StringComparer.Ordinal);
    private volatile byte[]? signingKey;
    private long lastTidied = context.Time.GetTimestamp();

    public IEnumerable<QueueRuntime> All => known.Values.Select(e => e.Runtime);

    /// <summary>The queue, or null when there is none.</summary>
    public ValueTask<QueueRuntime?> FindAsync(QueueName queue, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(queue.Value, out var entry) && context.Time.GetElapsedTime(entry.ReadAt) < context.Options.SettingsCacheTime)
            return new ValueTask<QueueRuntime?>(entry.Runtime);
        return new ValueTask<QueueRuntime?>(RefreshAsync(queue).WaitAsync(cancellationToken));
    }

    /// <summary>Reads the registry again; callers that come meanwhile share the read.</summary>
    public Task<QueueRuntime?> RefreshAsync(QueueName queue)
    {
        // A look that began before the caller did may be too old for the caller only if it shares one that is under way: such a
        // one began after the cached entry went stale, which is all that FindAsync promises.
        var shared = reading.GetOrAdd(queue.Value, _ => new Lazy<Task<QueueRuntime?>>(() => ReadSharedAsync(queue)));
        return shared.Value;
    }

    /// <summary>The queue as it is after the call began.</summary>
    public async Task<QueueRuntime?> ReadAsync(QueueName queue, CancellationToken cancellationToken)
    {
        var record = await registry.ReadAsync(queue, cancellationToken);
        if (record is not null)
            return await LearnAsync(record);
        Forget(queue);
        return null;
    }

    /// <summary>Takes in a record that this process has just read or written.</summary>
    public Task<QueueRuntime> LearnAsync(QueueRecord record) => LearnAsync(record, context.Time.GetTimestamp());

    /// <summary>Takes in a record that this process has read, at <paramref name="readAt"/> or later.</summary>
    public async Task<QueueRuntime> LearnAsync(QueueRecord record, long readAt)
    {
        var key = await SigningKeyAsync();
        var entry = known.AddOrUpdate(
            record.Info.Name.Value,
            _ => new Entry(new QueueRuntime(context, accounts.Find(record.Place.Account), registry, record, key), readAt),
            (_, old) =>
            {
                // A reading that was overtaken by a later one.
                if (record.WrittenAt < old.Runtime.Record.WrittenAt)
                    return old;
                if (old.Runtime.Table != record.Table)
                    return new Entry(new QueueRuntime(context, accounts.Find(record.Place.Account), registry, record, key), readAt);
                old.Runtime.Update(record);
                return old with { ReadAt = Math.Max(old.ReadAt, readAt) };
            });
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

    /// <summary>Gives back memory that no consumer of this process uses.</summary>
    public void ForgetUnattended()
    {
        foreach (var runtime in All)
        {
            foreach (var shard in runtime.Shards)
                shard.ForgetUnattended();
        }
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
            TidyNowAndThen();
        }
    }

    /// <summary>Sweeps give memory back too, but on Azure they may never run in a process that serves consumers.</summary>
    private void TidyNowAndThen()
    {
        var last = Volatile.Read(ref lastTidied);
        if (context.Time.GetElapsedTime(last) >= TidyInterval && Interlocked.CompareExchange(ref lastTidied, context.Time.GetTimestamp(), last) == last)
            ForgetUnattended();
    }

    /// <summary>The key that signs receipts: made by the first process, the same for all, kept for good.</summary>
    private async Task<byte[]> SigningKeyAsync()
    {
        if (signingKey is { } cached)
            return cached;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (await registry.Table.ReadAsync(RegistryKeys.SigningKey, CancellationToken.None) is { } row && row.GetBinary("Key") is { Length: ReceiptCodec.KeyBytes } key)
                return signingKey = key;
            await registry.Table.CommitAsync(new TableTransactionAction(
                TableTransactionActionType.Add,
                new TableEntity(RegistryKeys.Partition, RegistryKeys.SigningKey) { ["Key"] = RandomNumberGenerator.GetBytes(ReceiptCodec.KeyBytes) }));
        }

        throw new StorageFaultException(new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter), new InvalidOperationException("No signing key."));
    }

    private sealed record Entry(QueueRuntime Runtime, long ReadAt);
}
