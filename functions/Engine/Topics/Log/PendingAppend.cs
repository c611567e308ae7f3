using FuncQueue.Engine.Deduplication;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>Records that are stored together, next to each other, or not at all, and the caller who waits for it.</summary>
internal sealed class PendingAppend
{
    private readonly TaskCompletionSource<Outcome<Appended>> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>At least one.</summary>
    public required IReadOnlyList<PendingRecord> Records { get; init; }

    /// <summary>What makes a repeat of it one; null: repeats are records of their own.</summary>
    public DeduplicationKey? Key { get; init; }

    /// <summary>How long the key is remembered, from the append on.</summary>
    public TimeSpan KeyWindow { get; init; }

    /// <summary>The number that its producer has given the first record; null: it does not count.</summary>
    public ProducerStamp? Producer { get; init; }

    /// <summary>The offset that the first must get.</summary>
    public long? ExpectedOffset { get; init; }

    /// <summary>Of what was forwarded from another topic, the cursor that tells so; null: somebody published it here.</summary>
    public CursorMove? Move { get; init; }

    /// <summary>What must have been stored before it; null: it stands alone.</summary>
    public PendingAppend? Behind { get; init; }

    /// <summary>Its key is known not to be remembered, as of the present attempt.</summary>
    public bool IsNew { get; set; }

    /// <summary>Times that others were first.</summary>
    public int Overtaken { get; set; }

    public int Bytes { get; private set; }

    public int Uploads { get; private set; }

    public Task<Outcome<Appended>> Completion => completion.Task;

    /// <summary>Whether it is known that it was not stored.</summary>
    public bool HasFailed => completion.Task is { IsCompletedSuccessfully: true, Result.Failure: not null };

    /// <summary>An append with its sizes counted.</summary>
    public PendingAppend Measured()
    {
        Bytes = Records.Sum(r => r.Bytes);
        Uploads = Records.Count(r => r.Upload is not null);
        return this;
    }

    public void Complete(Outcome<Appended> outcome) => completion.TrySetResult(outcome);
}
