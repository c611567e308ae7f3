using System.Collections.Concurrent;
using FuncQueue.Engine.Registry;

namespace FuncQueue.Engine.Totals;

/// <summary>
/// What this process has done in one generation of a queue. It is written to a row of the process's own, as a whole, with the marks of
/// activity: those are written anyhow. A row that was last written long ago is never written again, so that a sweep can add it to others.
/// </summary>
internal sealed class Tally(TimeProvider time, uint process, string table)
{
    /// <summary>A row is left alone from then on; what is counted later goes to another.</summary>
    public static readonly TimeSpan RowTime = TimeSpan.FromMinutes(30);

    private readonly Lock gate = new();
    private QueueTotals counted;
    private QueueTotals written;
    private DateTimeOffset writtenAt;
    private DateTimeOffset addedAt;
    private int epoch;

    public string Table => table;

    /// <summary>What was changed of late in what is in the queue.</summary>
    public RecentChanges Changes { get; } = new();

    public void Add(QueueTotals more)
    {
        lock (gate)
        {
            counted = counted.Plus(more);
            addedAt = time.GetUtcNow();
        }
    }

    /// <summary>Whether anything is not written yet.</summary>
    public bool IsUnwritten
    {
        get
        {
            lock (gate)
                return counted != written;
        }
    }

    /// <summary>Whether anything is not written yet, and nothing has been added for so long.</summary>
    public bool IsAtRest(TimeSpan rest)
    {
        lock (gate)
            return counted != written && time.GetUtcNow() - addedAt >= rest;
    }

    /// <summary>What is to be written now: the row's key and all that belongs there; null when it is there already.</summary>
    public (string Key, QueueTotals Totals)? Unwritten()
    {
        lock (gate)
        {
            if (counted == written)
                return null;
            if (written != default(QueueTotals) && time.GetUtcNow() - writtenAt > RowTime)
            {
                counted = counted.Minus(written);
                written = default(QueueTotals);
                epoch++;
            }

            return (Key, counted);
        }
    }

    /// <summary>The row has been written, or may have been.</summary>
    public void Written(string key, QueueTotals totals)
    {
        lock (gate)
        {
            if (key != Key)
                return;
            (written, writtenAt) = (totals, time.GetUtcNow());
        }
    }

    /// <summary>What belongs into the row of now, and that row's key: what storage has there may be older.</summary>
    public (string Key, QueueTotals Totals) Current()
    {
        lock (gate)
            return (Key, counted);
    }

    private string Key => RegistryKeys.Totals(table, $"{process:x8}{epoch:x4}");
}

/// <summary>What this process has done, by queue.</summary>
internal sealed class Tallies(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Tally> all = new(StringComparer.Ordinal);

    public IEnumerable<Tally> All => all.Values;

    /// <summary>Told when something is done in a queue. Must be quick.</summary>
    public Action? Added { get; set; }

    /// <summary>That of a queue's generation; an earlier one is over.</summary>
    public Tally Of(QueueName queue, string table, uint process) =>
        all.AddOrUpdate(
            queue.Value,
            _ => new Tally(time, process, table),
            (_, there) => there.Table == table ? there : new Tally(time, process, table)
        );

    public void Add(QueueName queue, QueueTotals more)
    {
        if (!all.TryGetValue(queue.Value, out var tally))
            return;
        tally.Add(more);
        Added?.Invoke();
    }

    /// <summary>Takes in what was changed in a shard's counts.</summary>
    public void Changed(QueueName queue, int shard, MessageCounts difference, DateTimeOffset at)
    {
        if (all.TryGetValue(queue.Value, out var tally))
            tally.Changes.Add(shard, difference, at);
    }

    /// <summary>What was changed of late in a queue's generation; null: nothing.</summary>
    public RecentChanges? ChangesOf(QueueName queue, string table) =>
        all.TryGetValue(queue.Value, out var tally) && tally.Table == table ? tally.Changes : null;

    public void Forget(QueueName queue) => all.TryRemove(queue.Value, out _);
}
