using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>A message of a queue that a record became.</summary>
internal sealed record Arrival(string Queue, RecordPlace Place, Delivery Delivery);

/// <summary>The part of a history that concerns one topic.</summary>
internal sealed class TopicHistory
{
    private readonly ILookup<string, Published> attempts;
    private readonly Dictionary<RecordPlace, SeenRecord> log;

    public TopicHistory(History history, string name)
    {
        Name = name;
        Published = [.. history.Published.Where(p => p.Topic == name)];
        Seen = [.. history.Seen.Where(r => r.Place.Topic == name)];
        log = Seen.Where(r => r.IsLast).DistinctBy(r => r.Place).ToDictionary(r => r.Place);
        Log = [.. log.Values];
        Parts = [.. history.Parts.Where(p => p.Topic == name)];
        attempts = Published.ToLookup(p => p.Key);
        Arrivals = (
            from call in history.Received
            from delivery in call.Deliveries
            where delivery.Source?.Topic == name
            select new Arrival(call.Queue, delivery.Source!, delivery)
        ).ToLookup(a => (a.Place, a.Queue));
    }

    public string Name { get; }

    public IReadOnlyList<Published> Published { get; }

    /// <summary>All that anybody read.</summary>
    public IReadOnlyList<SeenRecord> Seen { get; }

    /// <summary>All that was there in the end.</summary>
    public IReadOnlyList<SeenRecord> Log { get; }

    public IReadOnlyList<RoutePart> Parts { get; }

    /// <summary>Deliveries, also repeated ones, by record and queue.</summary>
    public ILookup<(RecordPlace Place, string Queue), Arrival> Arrivals { get; }

    public SeenRecord? Find(RecordPlace place) => log.GetValueOrDefault(place);

    public IEnumerable<Published> AttemptsOf(string key) => attempts[key];
}
