namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// One step of a history. <c>Process</c> (0 or 1) carries it out on <c>Queue</c> (0 or 1). A pick chooses among what there is at that
/// point, the likeliest first, and wraps round.
/// </summary>
public abstract record Operation
{
    private Operation() { }

    /// <summary>Letters enqueued in one call.</summary>
    public sealed record Enqueue(int Process, int Queue, Letter[] Letters) : Operation;

    /// <param name="Lease">Seconds; null: the queue's visibility timeout.</param>
    public sealed record Dequeue(int Process, int Queue, MessageSource Source, int Max, int? Lease, bool Delete) : Operation;

    /// <summary>Settles messages handed out of one queue and source in one call: what the first pick is from.</summary>
    /// <param name="Seconds">Delay or visibility timeout; null: as the queue's settings say.</param>
    public sealed record Settle(int Process, Verb How, int[] Picks, int? Seconds) : Operation;

    /// <summary>Cancels a scheduled message.</summary>
    public sealed record Cancel(int Process, int Queue, int Pick) : Operation;

    /// <summary>Drops one message that nobody holds.</summary>
    public sealed record Remove(int Process, int Queue, MessageSource Source, int Pick) : Operation;

    /// <param name="Picks">The dead letters named; null: all, up to <paramref name="Max"/>.</param>
    /// <param name="Meant">Null: no filter, as where dead letters are named.</param>
    public sealed record Redrive(int Process, int Queue, int To, int[]? Picks, int? Max, Meant? Meant = null) : Operation;

    /// <summary>Makes one dead letter live again.</summary>
    /// <param name="Edit">What its attributes and, with <paramref name="Body"/>, its body are to be; null: as they are.</param>
    public sealed record Resubmit(int Process, int Queue, int To, int Pick, Letter? Edit, bool Body) : Operation;

    public sealed record Purge(int Process, int Queue, MessageSource Source, Meant? Meant = null) : Operation;

    public sealed record Sweep(int Process, SweepScope Scope, bool Everything) : Operation;

    /// <summary>
    /// Calls under way at the same time: their answers are those of one order or another. Each call changes one message, or those of
    /// one dequeue.
    /// </summary>
    public sealed record Together(Operation[] Operations) : Operation;

    /// <summary>Changes settings, and waits until every process goes by them.</summary>
    public sealed record Change(int Process, int Queue, QueueSettingsChange Settings) : Operation;

    /// <summary>Deletes a queue and makes one of that name.</summary>
    public sealed record Recreate(int Process, int Queue, QueueSettingsChange Settings) : Operation;

    /// <summary>The process dies; another takes its place.</summary>
    public sealed record Restart(int Process) : Operation;

    /// <summary>Looks at everything that can be looked at: counts, peek, scheduled, dead letters, groups.</summary>
    public sealed record Look(int Process, int Queue, int PageSize) : Operation;

    public sealed record PassTime(int Seconds) : Operation;

    public enum Verb
    {
        Ack,
        Nack,
        Extend,
        DeadLetter,
        Release,
    }
}
