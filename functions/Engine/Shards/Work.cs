using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>What a shard's loop is asked to do.</summary>
internal abstract record Work
{
    private Work() { }

    /// <summary>Receipts to settle, which share a write if it can carry them.</summary>
    public sealed record Settle(params SettleRequest[] Requests) : Work;

    /// <summary>A row that this process has just inserted.</summary>
    /// <param name="Behind">On a FIFO queue: the sequence number that the shard's head had before.</param>
    public sealed record Inserted(BatchRow Row, long Behind = 0) : Work;

    /// <summary>Rows as a look begun at <c>Began</c> found them, all there are in <c>Range</c>; those worth keeping are kept.</summary>
    public sealed record Scanned(IReadOnlyList<BatchRow> Rows, KeyRange Range, long Began) : Work;

    /// <summary>
    /// A page of a FIFO shard, as a look begun at <c>Began</c> found it, all there is in <c>Range</c>; <c>Behind</c> is what must be known
    /// for it to follow without a gap, and <c>EndOfShard</c>, on the last page, the head's number when the look began. The answer says
    /// what can be handed out now.
    /// </summary>
    public sealed record ScannedGroups(
        GroupedPage Page,
        KeyRange Range,
        long Began,
        long Behind,
        long? EndOfShard,
        TaskCompletionSource<GroupScan> Answer
    ) : Work;

    /// <summary>Rows whose upkeep is due; the answer counts what was done.</summary>
    public sealed record Upkeep(UpkeepRequest Request) : Work;

    /// <summary>Forget the rows in mind; they can be read again.</summary>
    public sealed record Forget : Work;

    /// <summary>Completes once everything posted before has been taken in and no message can be handed out any more.</summary>
    public sealed record Barrier(TaskCompletionSource Reached) : Work;
}

/// <summary>What is known of a FIFO shard once a page has been taken in.</summary>
/// <param name="Accepted">False: the page does not follow on what is known, begin again.</param>
/// <param name="Deliverable">About how many messages can be handed out; 0 only if there is none.</param>
/// <param name="NextDue">When the next of the others can be.</param>
/// <param name="CompleteTo">What the next page follows on.</param>
/// <param name="IsFull">No more rows can be kept account of.</param>
internal readonly record struct GroupScan(bool Accepted, int Deliverable, DateTimeOffset? NextDue, long CompleteTo, bool IsFull);

/// <summary>Rows to look after, part of a sweep.</summary>
/// <param name="began">When the look that found them began, in the order of <see cref="CachedRow.Stamp"/>.</param>
internal sealed class UpkeepRequest(IReadOnlyList<BatchRow> rows, long began, SweepScope scope)
{
    public long Began => began;

    private readonly TaskCompletionSource<UpkeepCounts> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Queue<BatchRow> Remaining { get; } = new(rows);

    public SweepScope Scope => scope;

    public UpkeepCounts Counts { get; } = new();

    public Task<UpkeepCounts> Completion => completion.Task;

    public void Complete() => completion.TrySetResult(Counts);

    public void Fail(Exception exception) => completion.TrySetException(exception);
}

/// <summary>What upkeep did.</summary>
internal sealed class UpkeepCounts
{
    public int Redelivered { get; set; }

    public int DeadLettered { get; set; }

    public int Expired { get; set; }
}
