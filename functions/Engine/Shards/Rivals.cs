using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Keeps this process out of the way of others that lease from the same shard, once one was found to come first. Until then messages are
/// taken oldest first and nothing here has a say.
/// </summary>
/// <param name="process">This process, which gives leases.</param>
/// <param name="wroteIt">Whether this process wrote the row with that key.</param>
/// <remarks>
/// Not thread-safe, but for <see cref="AreAbout"/>, <see cref="Move"/>, <see cref="TakeMove"/>, <see cref="AreIn"/> and
/// <see cref="LeftUntil"/>.
/// </remarks>
internal sealed class Rivals(ProcessId process, Func<BirthRow, bool> wroteIt)
{
    /// <summary>How long after others came first they are expected to be about.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstGrace = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromMilliseconds(500);

    private long lastMet = DateTimeOffset.MinValue.UtcTicks;
    private int move;
    private long grace;

    /// <summary>How long the messages of another process are left to it.</summary>
    public TimeSpan Grace
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref grace));
        private set => Volatile.Write(ref grace, value.Ticks);
    }

    public bool AreAbout(DateTimeOffset now) => now.UtcTicks - Interlocked.Read(ref lastMet) is >= 0 and var ago && ago < Memory.Ticks;

    /// <summary>Another process came first to this row; <paramref name="claimed"/>: and messages of it were to be leased.</summary>
    public void Met(BatchRow row, bool claimed, DateTimeOffset now)
    {
        Interlocked.Exchange(ref lastMet, now.UtcTicks);
        if (!claimed)
            return;
        Move();
        if (!wroteIt(row.Birth))
            Grace = TimeSpan.FromTicks(Math.Clamp(Grace.Ticks * 2, FirstGrace.Ticks, LongestGrace.Ticks));
    }

    /// <summary>Messages of this row were leased.</summary>
    public void Leased(BatchRow row)
    {
        if (Grace > TimeSpan.Zero && !wroteIt(row.Birth))
            Grace = Grace < TimeSpan.FromMilliseconds(1) ? TimeSpan.Zero : Grace * 0.875;
    }

    /// <summary>The next scan should begin somewhere else.</summary>
    public void Move() => Volatile.Write(ref move, 1);

    /// <summary>Whether the next scan should begin somewhere else; true once.</summary>
    public bool TakeMove() => Interlocked.Exchange(ref move, 0) == 1;

    /// <summary>Whether the row is to be left to the process that wrote it.</summary>
    public bool IsTheirs(BatchRow row, DateTimeOffset now) => LeftUntil(row, now) is not null;

    /// <summary>Until when the row is to be left to the process that wrote it; null: it is not.</summary>
    public DateTimeOffset? LeftUntil(BatchRow row, DateTimeOffset now)
    {
        var left = Grace;
        if (left == TimeSpan.Zero || row.Birth.Kind == RowKind.Scheduled || wroteIt(row.Birth))
            return null;
        // A clock that is ahead of ours tells nothing.
        var written = RowKeys.FromMicros(row.Birth.TimeMicros);
        return written <= now && now - written < left ? written + left : null;
    }

    /// <summary>Whether others hold messages of the row, and will want to write it.</summary>
    public bool AreIn(BatchRow row, DeliveryPolicy policy, DateTimeOffset now) =>
        Array.Exists(row.State, s => s.IsLeased && s.LeaseId.Process != process && Upkeep.LeaseHolds(s, policy, now));

    /// <summary>Whether this process wrote the row or holds messages of it.</summary>
    public bool IsOurs(BatchRow row) => wroteIt(row.Birth) || Array.Exists(row.State, s => s.IsLeased && s.LeaseId.Process == process);
}
