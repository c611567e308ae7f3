using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>
/// How a process may tell of a partition from memory. One that has been the only one to write to a partition's row for a while notes there
/// that it alone tells of it for a moment; others that write to the row meanwhile answer when that moment is over. So where a group's calls
/// come to one process they need not ask storage, and where they come to several, nobody waits. Pure.
/// </summary>
internal static class GroupServing
{
    /// <summary>How long a process must have been the only one.</summary>
    public static readonly TimeSpan AloneFor = TimeSpan.FromSeconds(10);

    /// <summary>How long it then tells of the partition alone.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    /// <summary>How old what is known of the rest of a group may be: its members, and what others have given up.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    /// <summary>Whether a process may tell of a partition from memory now.</summary>
    public static bool IsServedBy(PartitionHold hold, ProcessId process, DateTimeOffset now) =>
        hold.ServedBy == process && hold.ServedUntil > now;

    /// <summary>Whether a process that writes to the row now may tell of it alone then.</summary>
    public static bool MayServe(PartitionHold hold, ProcessId process, DateTimeOffset now, TimeSpan skew) =>
        hold.Writer == process && hold.WriterSince + AloneFor <= now && (hold.ServedBy == process || !(hold.ServedUntil + skew > now));

    /// <summary>Before which instant a process must not answer about a partition; null: it may at once.</summary>
    public static DateTimeOffset? AnswerAt(PartitionHold hold, ProcessId process, DateTimeOffset now, TimeSpan skew) =>
        hold.ServedBy != process && hold.ServedUntil + skew is { } over && over > now ? over : null;

    /// <summary>The row as a process writes it.</summary>
    public static PartitionHold WrittenBy(PartitionHold hold, ProcessId process, DateTimeOffset now, TimeSpan skew)
    {
        if (MayServe(hold, process, now, skew))
            return hold with { ServedBy = process, ServedUntil = now + Moment };
        return hold.Writer == process ? hold : hold with { Writer = process, WriterSince = now };
    }
}
