namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// One step of a history. <c>Process</c> (0 or 1) carries it out on <c>Queue</c> (0 or 1). A <c>Pick</c> chooses among what there is at
/// that point, the likeliest first, and wraps round.
/// </summary>
public abstract record Operation(int Process)
{
    /// <summary>Letters enqueued in one call.</summary>
    public sealed record Enqueue(int Process, int Queue, Letter[] Letters) : Operation(Process);

    /// <param name="Lease">Seconds; null: the queue's visibility timeout.</param>
    public sealed record Dequeue(int Process, int Queue, MessageSource Source, int Max, int? Lease, bool Delete) : Operation(Process);

    /// <summary>Dequeues of both processes under way at the same time.</summary>
    public sealed record Race(int Process, int Queue, int Max, int OtherMax, int Lease) : Operation(Process);

    /// <summary>Settles messages handed out of one queue and source in one call: what the first pick is from.</summary>
    /// <param name="Seconds">Delay or visibility timeout; null: as the queue's settings say.</param>
    public sealed record Settle(int Process, Verb How, int[] Picks, int? Seconds) : Operation(Process);

    /// <summary>Cancels a scheduled message.</summary>
    public sealed record Cancel(int Process, int Queue, int Pick) : Operation(Process);

    /// <param name="Picks">The dead letters named; null: all, up to <paramref name="Max"/>.</param>
    public sealed record Redrive(int Process, int Queue, int To, int[]? Picks, int? Max) : Operation(Process);

    public sealed record Purge(int Process, int Queue, MessageSource Source) : Operation(Process);

    public sealed record Sweep(int Process, SweepScope Scope, bool Everything) : Operation(Process);

    /// <summary>Changes settings, and waits until every process goes by them.</summary>
    public sealed record Change(int Process, int Queue, QueueSettingsChange Settings) : Operation(Process);

    /// <summary>Deletes a queue and makes one of that name.</summary>
    public sealed record Recreate(int Process, int Queue, QueueSettingsChange Settings) : Operation(Process);

    /// <summary>The process dies; another takes its place.</summary>
    public sealed record Restart(int Process) : Operation(Process);

    /// <summary>Looks at everything that can be looked at: counts, peek, scheduled, dead letters, groups.</summary>
    public sealed record Look(int Process, int Queue, int PageSize) : Operation(Process);

    public sealed record PassTime(int Seconds) : Operation(0);

    public enum Verb
    {
        Ack,
        Nack,
        Extend,
        DeadLetter,
    }
}
