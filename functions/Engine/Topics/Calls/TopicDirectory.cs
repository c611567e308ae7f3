using System.Collections.Concurrent;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Reading;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>
/// The topics as this process knows them: what it read of the registry is trusted for a short time, then read again. While the registry
/// does not answer, what is known of a topic holds on, up to a bound. Topics that nobody uses are forgotten.
/// </summary>
/// <param name="subscriptions">Makes what a topic asks of its subscriptions.</param>
internal sealed class TopicDirectory(
    EngineContext context,
    DataAccounts accounts,
    TopicRegistry registry,
    Func<TopicRecord, ITopicSubscriptions> subscriptions
)
{
    /// <summary>How long a topic that no call is about is kept.</summary>
    private static readonly TimeSpan UnusedFor = TimeSpan.FromMinutes(10);

    /// <summary>How long a call waits for the registry when it could do without.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly TailBudget tails = new(TailBudget.Default);
    private readonly ConcurrentDictionary<string, Entry> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<TopicRuntime?>>> reading = new(StringComparer.Ordinal);

    // By the machine's own clock: it is about the load on the registry.
    private readonly Pace pace = new(TimeProvider.System);

    public IEnumerable<TopicRuntime> All => known.Values.Select(e => e.Runtime);

    /// <summary>The topic, also while it is being deleted, or null when there is none.</summary>
    public ValueTask<TopicRuntime?> FindAsync(TopicName topic, CancellationToken cancellationToken)
    {
        if (!known.TryGetValue(topic.Value, out var entry))
            return new ValueTask<TopicRuntime?>(RefreshAsync(topic).WaitAsync(cancellationToken));
        entry.UsedAt = context.Time.GetTimestamp();
        var age = context.Time.GetElapsedTime(entry.ReadAt);
        if (age < context.Options.SettingsCacheTime)
            return new ValueTask<TopicRuntime?>(entry.Runtime);
        if (age >= context.Options.MaxSettingsAge)
            return new ValueTask<TopicRuntime?>(RefreshAsync(topic).WaitAsync(cancellationToken));
        return pace.Remaining > TimeSpan.Zero
            ? new ValueTask<TopicRuntime?>(entry.Runtime)
            : new ValueTask<TopicRuntime?>(TryRefreshAsync(entry, cancellationToken));
    }

    /// <summary>Reads the registry again; callers that come meanwhile share the read.</summary>
    public Task<TopicRuntime?> RefreshAsync(TopicName topic) =>
        reading.GetOrAdd(topic.Value, _ => new Lazy<Task<TopicRuntime?>>(() => ReadSharedAsync(topic))).Value;

    /// <summary>The topic as it is after the call began.</summary>
    public async Task<TopicRuntime?> ReadAsync(TopicName topic, CancellationToken cancellationToken)
    {
        ForgetUnused();
        var readAt = context.Time.GetTimestamp();
        if (await registry.ReadAsync(topic, cancellationToken) is { } record)
            return Learn(record, readAt);
        known.TryRemove(topic.Value, out _);
        return null;
    }

    /// <summary>Takes in a record that this process has read, at <paramref name="readAt"/> or later.</summary>
    public TopicRuntime Learn(TopicRecord record, long readAt)
    {
        var entry = known.AddOrUpdate(
            record.Name.Value,
            _ => Make(record, readAt),
            (_, old) =>
            {
                // A reading that was overtaken by a later one.
                if (record.WrittenAt < old.Runtime.Record.WrittenAt)
                    return old;
                if (old.Runtime.Table != record.Table)
                    return Make(record, readAt);
                old.Runtime.Update(record);
                old.ReadAt = Math.Max(old.ReadAt, readAt);
                return old;
            }
        );
        return entry.Runtime;
    }

    /// <summary>Drops a topic that is gone.</summary>
    public void Forget(TopicName topic) => known.TryRemove(topic.Value, out _);

    private Entry Make(TopicRecord record, long readAt) =>
        new(new TopicRuntime(context, accounts.Find(record.Place.Account), registry, record, subscriptions, tails))
        {
            ReadAt = readAt,
            UsedAt = context.Time.GetTimestamp(),
        };

    /// <summary>The topic as the registry says now, or, when the registry does not answer in time, as it is known.</summary>
    private async Task<TopicRuntime?> TryRefreshAsync(Entry entry, CancellationToken cancellationToken)
    {
        try
        {
            var latest = await RefreshAsync(entry.Runtime.Name).WaitAsync(Patience, context.Time, cancellationToken);
            pace.Served();
            return latest;
        }
        catch (Exception exception) when (exception is StorageFaultException or TimeoutException)
        {
            pace.Refused((exception as StorageFaultException)?.Fault.Asked);
            return entry.Runtime;
        }
    }

    private async Task<TopicRuntime?> ReadSharedAsync(TopicName topic)
    {
        await Task.Yield();
        try
        {
            return await ReadAsync(topic, CancellationToken.None);
        }
        finally
        {
            reading.TryRemove(topic.Value, out _);
        }
    }

    private void ForgetUnused()
    {
        foreach (var (name, entry) in known)
        {
            // Whoever still holds it can go on with it: all that is shared is in storage.
            if (context.Time.GetElapsedTime(entry.UsedAt) >= UnusedFor && entry.Runtime.WhenIdleAsync().IsCompleted)
                known.TryRemove(new KeyValuePair<string, Entry>(name, entry));
        }
    }

    private sealed class Entry(TopicRuntime runtime)
    {
        private long readAt;
        private long usedAt;

        public TopicRuntime Runtime => runtime;

        public long ReadAt
        {
            get => Volatile.Read(ref readAt);
            set => Volatile.Write(ref readAt, value);
        }

        public long UsedAt
        {
            get => Volatile.Read(ref usedAt);
            set => Volatile.Write(ref usedAt, value);
        }
    }
}
