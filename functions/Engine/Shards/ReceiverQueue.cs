namespace FuncQueue.Engine.Shards;

/// <summary>The receivers of a queue that wait in this process, first come first served. Thread-safe.</summary>
internal sealed class ReceiverQueue(TimeProvider time)
{
    private static readonly TimeSpan AttendedFor = TimeSpan.FromSeconds(30);

    private readonly LinkedList<Receiver> waiting = new();
    private readonly Lock gate = new();
    private long lastCame;

    /// <summary>
    /// Whether somebody waits here or has received lately: else what this process enqueues need not be kept in memory for anybody.
    /// </summary>
    public bool AreAttended
    {
        get
        {
            lock (gate)
                return waiting.Count > 0 || (lastCame != 0 && time.GetElapsedTime(lastCame) < AttendedFor);
        }
    }

    public int Count
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <summary>Adds one that has just come; true when nobody else waits.</summary>
    public bool Add(Receiver receiver)
    {
        lock (gate)
        {
            lastCame = time.GetTimestamp();
            waiting.AddLast(receiver);
            return waiting.Count == 1;
        }
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
