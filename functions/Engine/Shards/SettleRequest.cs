using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>What a <see cref="SettleRequest"/> is about.</summary>
internal enum SettleKind
{
    /// <summary>The wish of a lease's holder.</summary>
    Settlement,

    /// <summary>A lease that nobody received is given back.</summary>
    Release,

    /// <summary>A message that is not due yet is dropped; nobody holds it.</summary>
    Cancel,

    /// <summary>A message that nobody holds is dropped, due or not.</summary>
    Remove,
}

/// <summary>A change of one message on its way: mostly a receipt to be settled.</summary>
internal sealed class SettleRequest(string rowKey, int slot, LeaseId lease, Settlement settlement, SettleKind kind = SettleKind.Settlement)
{
    /// <summary>Flights whose answer was lost for good, after which the caller is told that nobody knows.</summary>
    private const int MaxLosses = 3;

    private const int Waiting = 0;
    private const int Engaged = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource<Outcome<Settled>> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<(Flight Flight, Settled Outcome)>? lost;
    private int stage;

    public string RowKey => rowKey;

    /// <summary>Place in the row.</summary>
    public int Slot => slot;

    public LeaseId Lease => lease;

    /// <summary>
    /// The row as the lease left it, as far as an ack of its only message needs it; null: not known, or known to have changed.
    /// </summary>
    public BatchRow? AsLeased { get; set; }

    public Settlement Settlement => settlement;

    /// <summary>For other kinds than the first, <see cref="Settlement"/> says nothing.</summary>
    public SettleKind Kind => kind;

    /// <summary>The row must be read again: what memory says of it may be old.</summary>
    public bool MustReload { get; set; }

    /// <summary>The row's bodies are needed, too: the message may become a dead letter.</summary>
    public bool NeedsData { get; set; } = settlement is Settlement.DeadLetter;

    public int Attempts { get; set; }

    /// <summary>Writes for it whose answer was lost, and that have not been found to be void.</summary>
    public IEnumerable<Flight> Lost => lost?.Select(l => l.Flight) ?? [];

    /// <summary>Whether a write for it was lost, that may have been carried out or may yet be.</summary>
    public bool IsInDoubt => lost is not null;

    /// <summary>Whether so many writes were lost that it is not worth another one.</summary>
    public bool IsHopeless => lost?.Count >= MaxLosses;

    public Task<Outcome<Settled>> Completion => completion.Task;

    public bool IsAnswered => completion.Task.IsCompleted;

    public void Complete(Outcome<Settled> outcome) => completion.TrySetResult(outcome);

    /// <summary>Ends it by a failure that says that nothing happened; which nobody knows if a write for it was lost.</summary>
    public void Fail(Failure failure) => Complete(IsInDoubt ? new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter) : failure);

    /// <summary>
    /// Takes it into a write, from where on nobody can say that nothing happened; false: its caller has been told so already.
    /// </summary>
    public bool TryEngage() => Interlocked.CompareExchange(ref stage, Engaged, Waiting) != Withdrawn;

    /// <summary>The write that it was taken into has not been carried out, and never will be.</summary>
    public void Disengage()
    {
        if (!IsInDoubt)
            Interlocked.CompareExchange(ref stage, Waiting, Engaged);
    }

    /// <summary>The caller has waited long enough, and is told what can be said at this instant. Thread-safe.</summary>
    public void GiveUp()
    {
        var nothingHappened = Interlocked.CompareExchange(ref stage, Withdrawn, Waiting) == Waiting;
        Complete(
            nothingHappened
                ? new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter)
                : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter)
        );
    }

    /// <summary>The answer of a write for it was lost: what that write would have made it.</summary>
    public void Lose(Flight flight, Settled outcome) => (lost ??= []).Add((flight, outcome));

    /// <summary>
    /// What to answer when the lease is found over: if an earlier write for this very request has done it, what that write did; if one may
    /// have, that nobody knows.
    /// </summary>
    /// <param name="row">As it is now; null: gone.</param>
    /// <param name="held">Whether somebody holds the message.</param>
    public Outcome<Settled> WhenOver(BatchRow? row, bool held, IReadOnlyDictionary<Flight, Fate> fates)
    {
        foreach (var (flight, outcome) in lost ?? [])
        {
            // Some changes leave nothing of their own; then it is as good if the message is as one would have left it.
            var isAsWanted = row is not null && slot < row.Count && flight.Find(rowKey)?.State[slot] == row.State[slot];
            if (isAsWanted || fates[flight] == Fate.CarriedOut)
                return outcome;
        }

        return lost is null || lost.TrueForAll(l => fates[l.Flight] == Fate.Void)
            ? new Settled(SettleStatus.LeaseLost) { IsHeld = held }
            : new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
    }
}
