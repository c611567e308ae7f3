using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>Nothing is lost, nothing comes from nowhere, nothing is stored twice, nothing stays behind.</summary>
internal static class Conservation
{
    public static IEnumerable<Violation> Check(QueueHistory queue) =>
        [
            .. Lost(queue),
            .. Undrained(queue),
            .. queue.Rules.IsFed ? [] : Unexpected(queue),
            .. StoredTwice(queue),
            .. FromAnEarlierQueue(queue),
        ];

    /// <summary>
    /// Each message that was ever there ends in a way that the history knows: acked, delivered for good, dead-lettered, moved on under
    /// a new id, or still there. With <c>mode=delete</c> an answer that never arrived may have taken as many as it asked for.
    /// </summary>
    private static IEnumerable<Violation> Lost(QueueHistory queue)
    {
        var there = queue
            .Sent.Where(s => s.MessageId is not null)
            .Select(s => (Id: s.MessageId!, s.Key))
            .Concat(queue.Deliveries.Select(d => (Id: d.MessageId, d.Key)))
            .Concat(queue.DeadLetters.Select(d => (Id: d.MessageId, d.Key)))
            .Concat(queue.RevivedHere.Where(r => r.NewId is not null).Select(r => (Id: r.NewId!, Key: r.KeyPrefix ?? "")))
            // Found by somebody who looked for something to remove, though never delivered.
            .Concat(queue.Removed.Where(r => r.OriginalMessageId is not null).Select(r => (Id: r.MessageId, Key: r.OriginalMessageId!)))
            .DistinctBy(m => m.Id);
        var ended = queue
            .Settled.Where(s => s.Verb == Verb.Ack && s.MayHaveHappened)
            .Select(s => s.MessageId)
            .Concat(queue.Received.Where(r => r.Delete).SelectMany(r => r.Deliveries).Select(d => d.MessageId))
            .Concat(queue.Removed.Where(r => r.Ending != Ending.Failed).Select(r => r.MessageId))
            .Concat(queue.LivedOn)
            .Concat(queue.Remains.Where(r => r.IsLast).SelectMany(r => r.Live.Concat(r.DeadLetters.Select(d => d.MessageId))))
            .ToHashSet(StringComparer.Ordinal);
        // What was sent before the end of a deletion may have gone with it; what was sent later may not.
        var sentAt = queue.Sent.GroupBy(s => s.Key).ToDictionary(g => g.Key, g => g.Min(s => s.Began), StringComparer.Ordinal);
        var missing = there
            .Where(m => !ended.Contains(m.Id) && !queue.MayHaveBeenDeleted(sentAt.GetValueOrDefault(m.Key), DateTimeOffset.MaxValue))
            .ToList();
        var taken = queue.Received.Where(r => r is { Delete: true, Ending: Ending.Unknown }).Sum(r => r.MaxMessages);
        return missing.Count <= taken
            ? []
            : missing.Select(m =>
                queue.Violation(
                    Rule.Lost,
                    $"{m.Key} ({m.Id}) was there and is gone; {queue.LeasesByMessage[m.Id].Count()} deliveries.",
                    m.Id
                )
            );
    }

    private static IEnumerable<Violation> Undrained(QueueHistory queue) =>
        queue
            .Remains.Where(r => r.IsLast)
            .SelectMany(r => r.Live)
            .Select(id => queue.Violation(Rule.Undrained, $"{id} is still there.", id));

    private static IEnumerable<Violation> Unexpected(QueueHistory queue)
    {
        var own = queue.Sent.ToLookup(s => s.Key);
        var seen = queue
            .Deliveries.Select(d => (d.Key, d.Digest, d.MessageId, d.OriginalMessageId))
            .Concat(queue.DeadLetters.Select(d => (d.Key, d.Digest, d.MessageId, d.OriginalMessageId)))
            .Distinct();
        foreach (var (key, digest, id, original) in seen)
        {
            // What lives again may come from another queue, and may have been edited: see the rule of rebirths.
            var sent = original is null ? own : queue.SentAnywhere;
            if (!sent.Contains(key))
                yield return queue.Violation(Rule.Unexpected, $"{key} ({id}) was never sent.", id);
            else if (sent[key].All(s => s.Ending == Ending.Failed))
                yield return queue.Violation(
                    Rule.Unexpected,
                    $"{key} ({id}) was delivered, but its sender was told that nothing happened.",
                    id
                );
            else if (original is null && digest is not null && sent[key].First().Digest != digest)
                yield return queue.Violation(Rule.Unexpected, $"{key} ({id}) is not as it was sent.", id);
        }
    }

    /// <summary>A queue made again has nothing of the one before.</summary>
    private static IEnumerable<Violation> FromAnEarlierQueue(QueueHistory queue)
    {
        var sentUntil = queue.Sent.GroupBy(s => s.Key).ToDictionary(g => g.Key, g => g.Max(s => s.Ended), StringComparer.Ordinal);
        return from call in queue.Received
            from delivery in call.Deliveries
            from deletion in queue.Deletions
            where deletion.Ended < call.Began && sentUntil.TryGetValue(delivery.Key, out var until) && until < deletion.Began
            // An enqueue whose answer never came may have been carried out after that.
            where queue.Sent.All(s => s.Key != delivery.Key || s.Ending == Ending.Ok)
            select queue.Violation(
                Rule.Unexpected,
                $"{delivery.Key} was sent before the queue was deleted at {deletion.Began:O}, and delivered at {call.Began:O}.",
                delivery.MessageId
            );
    }

    /// <summary>Exactly once where a deduplication id promises it: all attempts, and all deliveries, are of one message.</summary>
    private static IEnumerable<Violation> StoredTwice(QueueHistory queue)
    {
        var born = queue
            .Sent.Where(s => s.MessageId is not null)
            .Select(s => (s.Key, Id: s.MessageId!))
            .Concat(queue.Deliveries.Where(d => d.OriginalMessageId is null).Select(d => (d.Key, Id: d.MessageId)))
            .Concat(queue.DeadLetters.Where(d => d.OriginalMessageId is null).Select(d => (d.Key, Id: d.MessageId)))
            .Distinct()
            .ToLookup(m => m.Key, m => m.Id);
        // Without a deduplication id each message is sent once, so the same holds.
        var attempts = queue.Sent.ToLookup(s => s.Key);
        return attempts
            .Select(a => a.Key)
            .Where(key =>
                born[key].Count() > 1 && !queue.MayHaveBeenDeleted(attempts[key].Min(s => s.Began), attempts[key].Max(s => s.Ended))
            )
            .Select(key => queue.Violation(Rule.StoredTwice, $"{key} is there as {string.Join(", ", born[key])}.", [.. born[key]]));
    }
}
