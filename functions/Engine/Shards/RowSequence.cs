using System.Security.Cryptography;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Gives out the keys of new rows of a shard: rising, never twice, whatever other sequences there are or have been for the shard. Knows
/// its own rows by their keys. Thread-safe.
/// </summary>
internal sealed class RowSequence(EngineContext context)
{
    private readonly Lock gate = new();
    private long lastMicros;
    private readonly HashSet<WriterId> earlier = [];
    private WriterId writer = NewWriter();
    private ushort counter;

    /// <summary>Whether this sequence made the row's key.</summary>
    public bool Made(BirthRow birth)
    {
        lock (gate)
            return birth.Writer == writer || earlier.Contains(birth.Writer);
    }

    /// <summary>A key for messages that are ready now, later than all before it.</summary>
    public BirthRow NextImmediate(int lane)
    {
        lock (gate)
        {
            lastMicros = Math.Max(lastMicros + 1, RowKeys.Micros(context.Now));
            return new BirthRow(RowKind.Immediate, lane, lastMicros, writer, 0);
        }
    }

    /// <summary>A key of a FIFO shard at this number, used by no earlier attempt.</summary>
    public BirthRow At(long number)
    {
        lock (gate)
        {
            var attempt = NextCounter();
            return new BirthRow(RowKind.Immediate, Limits.MaxPriority, number, writer, attempt);
        }
    }

    /// <summary>A key for messages that wait for <paramref name="dueAt"/>.</summary>
    public BirthRow NextScheduled(int lane, DateTimeOffset dueAt)
    {
        lock (gate)
        {
            // The key's due instant must not lie before the message's own.
            var due = RowKeys.Micros(dueAt.AddTicks(TimeSpan.TicksPerMicrosecond - 1));
            var number = NextCounter();
            return new BirthRow(RowKind.Scheduled, lane, due, writer, number);
        }
    }

    // Any number of rows may wait for one instant: when the counter has been round, its numbers are taken.
    private ushort NextCounter()
    {
        if (counter == ushort.MaxValue)
        {
            // Few: one for each 65,535 rows.
            earlier.Add(writer);
            (writer, counter) = (NewWriter(), 0);
        }

        return counter++;
    }

    // Not the process's own number: a process that forgets a queue and finds it again begins another sequence.
    private static WriterId NewWriter() => new((uint)RandomNumberGenerator.GetInt32(1, int.MaxValue));
}
