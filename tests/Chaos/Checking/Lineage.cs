using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>
/// One message over all its lives, the first one first: a dead letter that is made live again gets a new id, and names its first.
/// </summary>
internal sealed record Lineage(string FirstId, IReadOnlyList<Existence> Lives)
{
    /// <summary>Those that were ever seen to have more than one life.</summary>
    public static IReadOnlyList<Lineage> All(History history)
    {
        var parents = history
            .Revivals.Where(r => r is { NewId: not null, MessageId: not null })
            .DistinctBy(r => r.NewId)
            .ToDictionary(r => r.NewId!, StringComparer.Ordinal);
        var firsts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var delivery in history.Received.SelectMany(r => r.Deliveries).Where(d => d.OriginalMessageId is not null))
            firsts.TryAdd(delivery.MessageId, delivery.OriginalMessageId!);
        foreach (var letter in history.Remains.SelectMany(r => r.DeadLetters).Where(d => d.OriginalMessageId is not null))
            firsts.TryAdd(letter.MessageId, letter.OriginalMessageId!);
        // What was never delivered may have been seen by those who looked for something to remove, or to make live again.
        foreach (var removed in history.Removed.Where(r => r.OriginalMessageId is not null))
            firsts.TryAdd(removed.MessageId, removed.OriginalMessageId!);
        foreach (var revival in history.Revivals.Where(r => r is { OriginalMessageId: not null, MessageId: not null }))
            firsts.TryAdd(revival.MessageId!, revival.OriginalMessageId!);
        var deliveries = history
            .Received.SelectMany(call => call.Deliveries.Select(delivery => (call.Queue, Delivery: delivery, call.Delete)))
            .ToLookup(d => d.Delivery.MessageId);
        var looked = history
            .Removed.Select(r => (r.MessageId, r.Began))
            .Concat(history.Revivals.Where(r => r.MessageId is not null).Select(r => (MessageId: r.MessageId!, r.Began)))
            .ToLookup(r => r.MessageId, r => r.Began);
        return
        [
            .. from id in firsts.Keys.Concat(parents.Keys).Distinct().ToList()
            group id by FirstOf(id) into line
            select new Lineage(
                line.Key,
                [.. line.Prepend(line.Key).Distinct().Select(id => Of(id, isFirst: id == line.Key)).OrderBy(life => life.SeenFrom)]
            ),
        ];

        string FirstOf(string id)
        {
            if (firsts.TryGetValue(id, out var first))
                return first;
            return parents.TryGetValue(id, out var revival) ? FirstOf(revival.MessageId!) : id;
        }

        Existence Of(string id, bool isFirst)
        {
            var seen = deliveries[id].ToList();
            var revival = parents.GetValueOrDefault(id);
            var instants = seen.Select(s => s.Delivery.BeganFrom)
                .Concat(revival is null ? [] : [revival.Began])
                .Concat(looked[id])
                .ToList();
            return new Existence
            {
                MessageId = id,
                Queue = seen.Select(s => s.Queue).Append(revival?.To).FirstOrDefault(),
                SeenFrom = isFirst || instants.Count == 0 ? DateTimeOffset.MinValue : instants.Min(),
                Deliveries = [.. seen.Select(s => s.Delivery)],
                IsTaken = seen.Exists(s => s.Delete),
                MadeBy = revival,
            };
        }
    }
}

/// <summary>A message under one id.</summary>
internal sealed record Existence
{
    public required string MessageId { get; init; }

    /// <summary>Null: it was never seen live.</summary>
    public required string? Queue { get; init; }

    /// <summary>Before this it was not there, as far as is known; the first life, and those of which nothing is known, are first.</summary>
    public required DateTimeOffset SeenFrom { get; init; }

    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    /// <summary>Handed out with <c>mode=delete</c>.</summary>
    public required bool IsTaken { get; init; }

    /// <summary>The resubmission that is known to have made it.</summary>
    public required Revival? MadeBy { get; init; }
}
