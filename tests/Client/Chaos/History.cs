namespace FuncQueue.Client.Tests.Chaos;

/// <summary>What several clients did, in one order, and whether that keeps what a processor promises.</summary>
internal sealed class History
{
    private readonly Lock gate = new();
    private readonly List<Run> runs = [];
    private readonly Dictionary<string, bool> sent = [];
    private readonly HashSet<(int Client, Guid Message)> lossesTold = [];
    private int events;

    /// <summary>A send that was answered, or whose outcome is not known.</summary>
    public void Sent(string body, bool known)
    {
        lock (gate)
            sent[body] = known;
    }

    public Run Began(int client, ReceivedMessage message)
    {
        lock (gate)
        {
            var run = new Run(client, message.MessageId, message.Body.ToString(), ++events);
            runs.Add(run);
            return run;
        }
    }

    public void Ended(Run run, bool succeeded, bool lossSeen)
    {
        lock (gate)
            (run.EndedAt, run.Succeeded, run.LossSeen) = (++events, succeeded, lossSeen);
    }

    public void LossTold(int client, Guid message)
    {
        lock (gate)
            lossesTold.Add((client, message));
    }

    public bool AllHandled()
    {
        lock (gate)
        {
            var done = runs.Where(run => run.Succeeded).Select(run => run.Body).ToHashSet();
            return sent.Where(message => message.Value).All(message => done.Contains(message.Key));
        }
    }

    public int Runs
    {
        get
        {
            lock (gate)
                return runs.Count;
        }
    }

    /// <summary>Breaches of what is promised; the queue is empty when it is asked.</summary>
    public IReadOnlyList<string> Breaches()
    {
        lock (gate)
            return [.. Lost(), .. Twice(), .. Unseen(), .. Unended()];
    }

    /// <summary>What is gone from the queue was acked, so some handler must have finished it.</summary>
    private IEnumerable<string> Lost()
    {
        var done = runs.Where(run => run.Succeeded).Select(run => run.Body).ToHashSet();
        return sent.Where(message => message.Value && !done.Contains(message.Key)).Select(message => $"{message.Key} was never finished.");
    }

    /// <summary>Repeats of sends carry the same deduplication id: one body is one message.</summary>
    private IEnumerable<string> Twice() =>
        runs.GroupBy(run => run.Body)
            .Where(body => body.Select(run => run.Message).Distinct().Count() > 1)
            .Select(body => $"{body.Key} was stored twice.");

    /// <summary>Where two have one message at the same time, the first one's lease is lost, and it or its owner was told.</summary>
    private IEnumerable<string> Unseen() =>
        from first in runs
        from second in runs
        where first != second && first.Message == second.Message && first.BeganAt < second.BeganAt && second.BeganAt < first.EndedAt
        where !first.LossSeen && !lossesTold.Contains((first.Client, first.Message))
        select $"{first.Body}: client {first.Client} did not learn that client {second.Client} had it.";

    private IEnumerable<string> Unended() => runs.Where(run => run.EndedAt == 0).Select(run => $"{run.Body} was left running.");
}

/// <summary>One run of a handler.</summary>
internal sealed record Run(int Client, Guid Message, string Body, int BeganAt)
{
    public int EndedAt { get; set; }

    public bool Succeeded { get; set; }

    public bool LossSeen { get; set; }
}
