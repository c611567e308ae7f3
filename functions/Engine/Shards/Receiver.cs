namespace FuncQueue.Engine.Shards;

/// <summary>One dequeue call that waits for messages.</summary>
internal sealed class Receiver(DequeueRequest request, TimeSpan visibilityTimeout, DateTimeOffset deadline, long arrived)
{
    private readonly TaskCompletionSource<Outcome<IReadOnlyList<DeliveredMessage>>> completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private int cancelled;

    public DequeueRequest Request => request;

    public TimeSpan VisibilityTimeout => visibilityTimeout;

    public DateTimeOffset Deadline => deadline;

    /// <summary>When it began to wait, in the order of <see cref="CachedRow.Stamp"/>.</summary>
    public long Arrived => arrived;

    /// <summary>Scans of the queue that found messages which others then got first.</summary>
    public int LostRaces { get; set; }

    public bool IsCancelled => Volatile.Read(ref cancelled) != 0;

    public Task<Outcome<IReadOnlyList<DeliveredMessage>>> Completion => completion.Task;

    /// <summary>Hands over; false when the receiver has gone, and the messages must be given back.</summary>
    public bool TryComplete(Outcome<IReadOnlyList<DeliveredMessage>> outcome) => completion.TrySetResult(outcome);

    public bool TryCancel(CancellationToken cancellationToken)
    {
        Volatile.Write(ref cancelled, 1);
        return completion.TrySetCanceled(cancellationToken);
    }
}
