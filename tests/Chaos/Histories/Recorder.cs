namespace FuncQueue.Chaos.Histories;

/// <summary>Takes the history down. Thread-safe.</summary>
public sealed class Recorder
{
    private readonly Lock gate = new();
    private readonly List<Sent> sent = [];
    private readonly List<Received> received = [];
    private readonly List<Settled> settled = [];
    private readonly List<Remains> remains = [];
    private readonly List<Deletion> deletions = [];
    private readonly List<Revival> revivals = [];
    private readonly List<Removed> removed = [];
    private readonly List<Published> published = [];
    private readonly List<SeenRecord> seen = [];
    private readonly List<RoutePart> parts = [];
    private readonly List<TopicRules> topics = [];
    private readonly List<string> strange = [];
    private long acknowledged;
    private long delivered;

    public (long Sent, long Acknowledged, long Delivered) Totals
    {
        get
        {
            lock (gate)
                return (sent.Count + published.Count, acknowledged, delivered);
        }
    }

    public void Add(Sent attempt)
    {
        lock (gate)
        {
            sent.Add(attempt);
            acknowledged += attempt.Ending == Ending.Ok ? 1 : 0;
        }
    }

    public void Add(Received call)
    {
        lock (gate)
        {
            received.Add(call);
            delivered += call.Deliveries.Count;
        }
    }

    public void Add(Settled receipt)
    {
        lock (gate)
            settled.Add(receipt);
    }

    public void Add(Remains found)
    {
        lock (gate)
            remains.Add(found);
    }

    public void Add(Deletion deletion)
    {
        lock (gate)
            deletions.Add(deletion);
    }

    public void Add(Revival call)
    {
        lock (gate)
            revivals.Add(call);
    }

    public void Add(Removed attempt)
    {
        lock (gate)
            removed.Add(attempt);
    }

    public void Add(Published attempt)
    {
        lock (gate)
        {
            published.Add(attempt);
            acknowledged += attempt.Ending == Ending.Ok ? 1 : 0;
        }
    }

    public void Add(SeenRecord record)
    {
        lock (gate)
            seen.Add(record);
    }

    public void Add(RoutePart part)
    {
        lock (gate)
            parts.Add(part);
    }

    public void Add(TopicRules topic)
    {
        lock (gate)
            topics.Add(topic);
    }

    public void AddStrange(string answer)
    {
        lock (gate)
            strange.Add(answer);
    }

    public History ToHistory(IReadOnlyList<QueueRules> queues, IReadOnlyList<string> orphanBlobs)
    {
        lock (gate)
        {
            return new History
            {
                Queues = queues,
                Sent = [.. sent],
                Received = [.. received],
                Settled = [.. settled],
                Remains = [.. remains],
                Deletions = [.. deletions],
                Revivals = [.. revivals],
                Removed = [.. removed],
                Published = [.. published],
                Seen = [.. seen],
                Parts = [.. parts],
                Topics = [.. topics],
                OrphanBlobs = orphanBlobs,
                StrangeAnswers = [.. strange],
            };
        }
    }
}
