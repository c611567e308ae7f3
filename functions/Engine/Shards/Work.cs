using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>What a shard's loop is asked to do.</summary>
internal abstract record Work
{
    private Work()
    {
    }

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
    public sealed record ScannedGroups(GroupedPage Page, KeyRange Range, long Began, long Behind, long? EndOfShard, TaskCompletionSource<GroupScan> Answer) : Work;

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

/// <summary>What a <see cref="SettleRequest"/> is about.</summary>
internal enum SettleKind
{
    /// <summary>The wish of a lease's holder.</summary>
    Settlement,

    /// <summary>A lease that nobody received is given back.</summary>
    Release,

    /// <summary>A message that is not due yet is dropped; nobody holds it.</summary>
    Cancel,
}

/// <summary>A change of one message on its way: mostly a receipt to be settled.</summary>
internal sealed class SettleRequest(string rowKey, int slot, LeaseId lease, Settlement settlement, SettleKind kind = SettleKind.Settlement)
{
    private readonly TaskCompletionSource<Outcome<Settled>> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<MessageState>? adrift;
    private DateTimeOffset heldUntil;

    public string RowKey => rowKey;

    /// <summary>Place in the row.</summary>
    public int Slot => slot;

    public LeaseId Lease => lease;

    /// <summary>The row as the lease left it, as far as an ack of its only message needs it; null: not known.</summary>
    public BatchRow? AsLeased { get; init; }

    public Settlement Settlement => settlement;

    /// <summary>For other kinds than the first, <see cref="Settlement"/> says nothing.</summary>
    public SettleKind Kind => kind;

    /// <summary>The row must be read again: what memory says of it may be old.</summary>
    public bool MustReload { get; set; }

    /// <summary>The row's bodies are needed, too: the message may become a dead letter.</summary>
    public bool NeedsData { get; set; } = settlement is Settlement.DeadLetter;

    public int Attempts { get; set; }

    /// <summary>Whether the answer of a write was lost that may yet arrive.</summary>
    public bool IsInDoubt => adrift is not null;

    public Task<Outcome<Settled>> Completion => completion.Task;

    public void Complete(Outcome<Settled> outcome) => completion.TrySetResult(outcome);

    /// <summary>The answer of a write was lost that may yet arrive: the state it gives the message, and until when the lease then held.</summary>
    public void Doubt(MessageState wanted, DateTimeOffset until)
    {
        (adrift ??= []).Add(wanted);
        heldUntil = until;
    }

    /// <summary>
    /// What to answer when the lease is found over, in <paramref name="found"/> or with its row gone. If an earlier write of this very
    /// request may have done it, the answer is what that write did, or that nobody knows; never that the lease was lost.
    /// </summary>
    public Outcome<Settled> WhenLost(MessageState? found, DateTimeOffset now)
    {
        // An end stays, and says whose it is.
        if (adrift is null || (found is { Status: SlotStatus.Done } end && adrift.TrueForAll(w => w.Status == SlotStatus.Done && w != end)))
            return new Settled(SettleStatus.LeaseLost);
        // While a lease holds, only its holder's wish, or a purge, ends it.
        if ((found is { } state && adrift.Contains(state)) || now < heldUntil)
            return new Settled(SettleStatus.Ok, settlement is Settlement.Extend ? adrift[^1].VisibleAt : null);
        return new Failure.OutcomeUnknown(Storage.StorageFault.DefaultRetryAfter);
    }
}

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
