using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>A message of a queue that a record became.</summary>
internal sealed record Arrival(string Queue, RecordPlace Place, Delivery Delivery);

/// <summary>The part of a history that concerns one topic.</summary>
internal sealed class TopicHistory
{
    private readonly ILookup<string, Published> attempts;
    private readonly Dictionary<RecordPlace, SeenRecord> stored;
    private readonly IReadOnlyList<Deletion> deletions;

    public TopicHistory(History history, string name)
    {
        Name = name;
        Rules = history.Topics.FirstOrDefault(t => t.Name == name) ?? new TopicRules(name);
        deletions = history.Deletions;
        Derived = [.. history.Topics.Where(t => t.Source == name).Select(t => new TopicHistory(history, t.Name))];
        Published = [.. Rules.Source is { } source ? Forwarded(history, source) : history.Published.Where(p => p.Topic == name)];
        Seen = [.. history.Seen.Where(r => r.Place.Topic == name)];
        Log = [.. Seen.Where(r => r.IsLast).DistinctBy(r => r.Place)];
        var first = Log.GroupBy(r => r.Place.Partition).ToDictionary(g => g.Key, g => g.Min(r => r.Place.Offset));
        Parts = [.. history.Parts.Where(p => p.Topic == name)];
        attempts = Published.ToLookup(p => p.Key);
        Arrivals = (
            from call in history.Received
            from delivery in call.Deliveries
            where delivery.Source?.Topic == name
            select new Arrival(call.Queue, delivery.Source!, delivery)
        ).ToLookup(a => (a.Place, a.Queue));
        stored = Log.Concat(Rules.IsRetained ? Removed(first) : []).DistinctBy(r => r.Place).ToDictionary(r => r.Place);
    }

    public string Name { get; }

    public TopicRules Rules { get; }

    /// <summary>Topics that it forwards all its records to.</summary>
    public IReadOnlyList<TopicHistory> Derived { get; }

    public IReadOnlyList<Published> Published { get; }

    /// <summary>All that anybody read.</summary>
    public IReadOnlyList<SeenRecord> Seen { get; }

    /// <summary>All that was there in the end.</summary>
    public IReadOnlyList<SeenRecord> Log { get; }

    /// <summary>The same, and what retention may have removed since somebody read or received it, or was told where it is.</summary>
    public IReadOnlyCollection<SeenRecord> Stored => stored.Values;

    public IReadOnlyList<RoutePart> Parts { get; }

    /// <summary>Deliveries, also repeated ones, by record and queue.</summary>
    public ILookup<(RecordPlace Place, string Queue), Arrival> Arrivals { get; }

    public SeenRecord? Find(RecordPlace place) => stored.GetValueOrDefault(place);

    public IEnumerable<Published> AttemptsOf(string key) => attempts[key];

    /// <summary>Whether a queue was deleted after an instant, with what was in it then.</summary>
    public bool MayHaveGoneWith(string queue, DateTimeOffset since) => deletions.Any(d => d.Queue == queue && d.Ended >= since);

    /// <summary>Everything that a topic has is published to another one, by FuncQueue; what came of it only the log tells.</summary>
    private IEnumerable<Published> Forwarded(History history, string source)
    {
        var published = history.Published.Where(p => p.Topic == source).ToLookup(p => p.Key);
        return from record in history.Seen
            where record.IsLast && record.Place.Topic == source && published.Contains(record.Key)
            select published[record.Key].First() with
            {
                Topic = Name,
                Began = DateTimeOffset.MinValue,
                Ended = DateTimeOffset.MaxValue,
                Ending = Ending.Unknown,
                Place = null,
                Matched = null,
            };
    }

    private bool MayBeStored(string key) => attempts[key].Any(a => a.Ending != Ending.Failed);

    private static SeenRecord Record(Arrival arrival) => new(arrival.Place, arrival.Delivery.Key, null, IsLast: true);

    /// <summary>What lies in front of the first record that is left.</summary>
    private IEnumerable<SeenRecord> Removed(Dictionary<int, long> first) =>
        Published
            .Where(p => p is { Ending: Ending.Ok, Place: not null })
            .Select(p => new SeenRecord(p.Place!, p.Key, null, IsLast: true))
            .Concat(Seen.Select(r => r with { Digest = null, IsLast = true }))
            .Concat(Arrivals.SelectMany(a => a).Where(a => MayBeStored(a.Delivery.Key)).Select(Record))
            .Where(r => r.Place.Offset < first.GetValueOrDefault(r.Place.Partition, long.MaxValue));
}
