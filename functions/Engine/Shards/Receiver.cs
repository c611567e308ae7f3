namespace FuncQueue.Engine.Shards;

/// <summary>One dequeue call that waits for messages.</summary>
internal sealed class Receiver(DequeueRequest request, TimeSpan visibilityTimeout, DateTimeOffset deadline, long arrived)
{
    private readonly TaskCompletionSource<Outcome<IReadOnlyList<DeliveredMessage>>> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int cancelled;

    public DequeueRequest Request => request;

    public TimeSpan VisibilityTimeout => visibilityTimeout;

    public DateTimeOffset Deadline => deadline;

    /// <summary>When it began to wait, in the order of <see cref="CachedRow.Stamp"/>.</summary>
    public long Arrived => arrived;

    /// <summary>Passes over the queue that found messages which others then got first.</summary>
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

/// <summary>The receivers of a queue that wait in this process, first come first served. Thread-safe.</summary>
internal sealed class ReceiverQueue
{
    private readonly LinkedList<Receiver> waiting = new();
    private readonly Lock gate = new();

    public int Count
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    public void Add(Receiver receiver)
    {
        lock (gate)
            waiting.AddLast(receiver);
    }

    /// <summary>Takes the first receiver that has not gone.</summary>
    public Receiver? TryTake()
    {
        lock (gate)
        {
            while (waiting.First is { } first)
            {
                waiting.RemoveFirst();
                if (!first.Value.IsCancelled)
                    return first.Value;
            }

            return null;
        }
    }

    /// <summary>Puts back one that was taken and got nothing.</summary>
    public void Return(Receiver receiver)
    {
        if (receiver.IsCancelled)
            return;
        lock (gate)
            waiting.AddFirst(receiver);
    }

    public void Remove(Receiver receiver)
    {
        lock (gate)
            waiting.Remove(receiver);
    }

    /// <summary>Messages that the waiting receivers would take, counted up to <paramref name="atMost"/>.</summary>
    public int Demand(int atMost)
    {
        lock (gate)
        {
            var sum = 0;
            foreach (var receiver in waiting)
            {
                sum += receiver.Request.MaxMessages;
                if (sum >= atMost)
                    return atMost;
            }

            return sum;
        }
    }

    /// <summary>The most messages that a waiting receiver asks for at once; 0 when nobody waits.</summary>
    public int LargestRequest()
    {
        lock (gate)
            return waiting.Count == 0 ? 0 : waiting.Max(r => r.Request.MaxMessages);
    }

    /// <summary>The earliest deadline; null when nobody waits.</summary>
    public DateTimeOffset? NextDeadline()
    {
        lock (gate)
            return waiting.Count == 0 ? null : waiting.Min(r => r.Deadline);
    }

    /// <summary>Removes and returns the receivers that satisfy a condition.</summary>
    public IReadOnlyList<Receiver> TakeWhere(Func<Receiver, bool> condition)
    {
        lock (gate)
        {
            var taken = waiting.Where(condition).ToList();
            foreach (var receiver in taken)
                waiting.Remove(receiver);
            return taken;
        }
    }
}
