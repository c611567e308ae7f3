using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>A delivery with the call that brought it and what became of its lease.</summary>
internal sealed record Lease(Received Call, Delivery Delivery, IReadOnlyList<Settled> Settled, IReadOnlyList<Deletion> Deletions)
{
    /// <summary>
    /// When the lease was certainly held: to its end, as far as extensions are known, or to the first attempt to end it, or to delete the
    /// queue. An extension that may have come after the end takes the lease up again; in between others may have had the group.
    /// </summary>
    public IReadOnlyList<Period> Held
    {
        get
        {
            var held = new List<Period> { new(Delivery.BeganBy, Delivery.HeldUntil) };
            foreach (var extension in Settled.Where(s => s is { Verb: Verb.Extend, Happened: true, HeldUntil: not null }))
            {
                if (extension.Ended <= held[^1].Until)
                {
                    held[^1] = held[^1] with { Until = extension.HeldUntil!.Value };
                }
                else
                {
                    held[^1] = held[^1] with { Until = Earlier(held[^1].Until, extension.HeldUntil!.Value) };
                    held.Add(new Period(extension.Ended, extension.HeldUntil!.Value));
                }
            }

            foreach (var extension in Settled.Where(s => s is { Verb: Verb.Extend, Ending: Ending.Unknown, HeldUntil: not null }))
                held[^1] = held[^1] with { Until = Earlier(held[^1].Until, extension.HeldUntil!.Value) };
            foreach (var end in Settled.Where(s => s.EndsLease && s.MayHaveHappened))
                EndBy(end.Began);
            foreach (var deletion in Deletions.Where(d => d.Ended >= Delivery.BeganFrom))
                EndBy(deletion.Began);
            return held.FindAll(period => period.From < period.Until || ReferenceEquals(period, held[0]));

            void EndBy(DateTimeOffset instant) => held = held.ConvertAll(period => period with { Until = Earlier(period.Until, instant) });
        }
    }

    /// <summary>Whether the delivery may not be counted, because its holder gave it back as if it had not been.</summary>
    public bool MayBeReleased => Settled.Any(s => s is { Verb: Verb.Release, MayHaveHappened: true });

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}

/// <summary>A time during which something certainly was so.</summary>
internal sealed record Period(DateTimeOffset From, DateTimeOffset Until);

/// <summary>The part of a history that concerns one queue, put in order.</summary>
internal sealed class QueueHistory
{
    public QueueHistory(History history, QueueRules rules, IReadOnlyList<Lineage> lineages)
    {
        Rules = rules;
        SentAnywhere = history.Sent.ToLookup(s => s.Key);
        LivedOn = lineages.SelectMany(l => l.Lives.SkipLast(1)).Select(life => life.MessageId).ToHashSet(StringComparer.Ordinal);
        RevivedHere = [.. history.Revivals.Where(r => r.To == rules.Name)];
        Removed = [.. history.Removed.Where(r => r.Queue == rules.Name)];
        Sent = [.. history.Sent.Where(s => s.Queue == rules.Name)];
        Received = [.. history.Received.Where(r => r.Queue == rules.Name)];
        Settled = [.. history.Settled.Where(s => s.Queue == rules.Name).OrderBy(s => s.Began)];
        Remains = [.. history.Remains.Where(r => r.Queue == rules.Name)];
        Deletions = [.. history.Deletions.Where(d => d.Queue == rules.Name)];
        var settled = Settled.ToLookup(s => s.Lease);
        Leases =
        [
            .. Received
                .Where(r => !r.Delete)
                .SelectMany(call => call.Deliveries.Select(delivery => new Lease(call, delivery, [.. settled[delivery.Lease]], Deletions)))
                .OrderBy(lease => lease.Delivery.BeganBy),
        ];
        LeasesByMessage = Leases.ToLookup(l => l.Delivery.MessageId);
    }

    public QueueRules Rules { get; }

    public IReadOnlyList<Sent> Sent { get; }

    public IReadOnlyList<Received> Received { get; }

    /// <summary>In the order in which the calls began.</summary>
    public IReadOnlyList<Settled> Settled { get; }

    public IReadOnlyList<Remains> Remains { get; }

    public IReadOnlyList<Deletion> Deletions { get; }

    /// <summary>Sent to any queue, by key: a dead letter may come from another one.</summary>
    public ILookup<string, Sent> SentAnywhere { get; }

    /// <summary>The ids of messages, of any queue, that have other ids since.</summary>
    public IReadOnlySet<string> LivedOn { get; }

    public IReadOnlyList<Revival> RevivedHere { get; }

    public IReadOnlyList<Removed> Removed { get; }

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<Lease> Leases { get; }

    public ILookup<string, Lease> LeasesByMessage { get; }

    public IEnumerable<Delivery> Deliveries => Received.SelectMany(r => r.Deliveries);

    public IEnumerable<DeadLetter> DeadLetters => Remains.SelectMany(r => r.DeadLetters);

    /// <summary>Whether the queue may have been deleted at some instant from the one to the other.</summary>
    public bool MayHaveBeenDeleted(DateTimeOffset from, DateTimeOffset to) => Deletions.Any(d => d.Ended >= from && d.Began <= to);

    public Violation Violation(Rule rule, string what, params IReadOnlyList<string> messageIds) =>
        new(rule, $"{Rules.Name}: {what}", messageIds);
}
