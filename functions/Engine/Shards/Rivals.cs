using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Keeps this process out of the way of others that lease from the same shard, once a write has met another process's. Until then
/// messages are taken oldest first and nothing here has a say.
/// </summary>
/// <remarks>Not thread-safe, but for <see cref="AreAbout"/> and <see cref="TakeMove"/>.</remarks>
internal sealed class Rivals(uint process)
{
    /// <summary>How long after a conflict others are expected to be about.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstGrace = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromMilliseconds(500);

    private long lastMet = DateTimeOffset.MinValue.UtcTicks;
    private int move;

    /// <summary>How long the messages of another process are left to it.</summary>
    public TimeSpan Grace { get; private set; }

    public bool AreAbout(DateTimeOffset now) => now.UtcTicks - Interlocked.Read(ref lastMet) is >= 0 and var ago && ago < Memory.Ticks;

    /// <summary>Another process wrote this row first; <paramref name="claimed"/>: and messages of it were to be leased.</summary>
    public void Met(BatchRow row, bool claimed, DateTimeOffset now)
    {
        Interlocked.Exchange(ref lastMet, now.UtcTicks);
        if (!claimed)
            return;
        Volatile.Write(ref move, 1);
        if (row.Birth.Process != process)
            Grace = TimeSpan.FromTicks(Math.Clamp(Grace.Ticks * 2, FirstGrace.Ticks, LongestGrace.Ticks));
    }

    /// <summary>Messages of this row were leased.</summary>
    public void Leased(BatchRow row)
    {
        if (Grace > TimeSpan.Zero && row.Birth.Process != process)
            Grace = Grace < TimeSpan.FromMilliseconds(1) ? TimeSpan.Zero : Grace * 0.875;
    }

    /// <summary>Whether the next look should begin somewhere else; true once.</summary>
    public bool TakeMove() => Interlocked.Exchange(ref move, 0) == 1;

    /// <summary>Whether the row is to be left to the process that wrote it.</summary>
    public bool IsTheirs(BatchRow row, DateTimeOffset now)
    {
        if (row.Birth.Process == process || row.Birth.Kind == RowKind.Scheduled)
            return false;
        // A clock that is ahead of ours tells nothing.
        var age = now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks - (row.Birth.TimeMicros * TimeSpan.TicksPerMicrosecond);
        return age >= 0 && age < Grace.Ticks;
    }

    /// <summary>Whether others hold messages of the row, and will want to write it.</summary>
    public bool AreIn(BatchRow row, DeliveryPolicy policy, DateTimeOffset now) =>
        Array.Exists(row.State, s => s.IsLeased && s.LeaseId.Process != process && Upkeep.LeaseHolds(s, policy, now));

    /// <summary>Whether this process wrote the row or holds messages of it.</summary>
    public bool IsOurs(BatchRow row) =>
        row.Birth.Process == process || Array.Exists(row.State, s => s.IsLeased && s.LeaseId.Process == process);
}
