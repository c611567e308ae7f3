using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>Removing one message: not while it is held, not told absent when it is there, and for good.</summary>
internal static class Removals
{
    public static IEnumerable<Violation> Check(QueueHistory queue) => [.. WhileHeld(queue), .. DeliveredAfter(queue), .. ToldAbsent(queue)];

    private static IEnumerable<Violation> WhileHeld(QueueHistory queue) =>
        from removed in queue.Removed
        where removed is { Ending: Ending.Ok, IsDead: false }
        from lease in queue.LeasesByMessage[removed.MessageId]
        from held in lease.Held
        where held.From <= removed.Began && removed.Ended + removed.ClockAhead < held.Until
        select queue.Violation(
            Rule.RemovedWhileHeld,
            $"{removed.MessageId} was removed at {removed.Ended:O}, while process {lease.Call.Process} leased it until {held.Until:O}.",
            removed.MessageId
        );

    private static IEnumerable<Violation> DeliveredAfter(QueueHistory queue) =>
        from removed in queue.Removed
        where removed is { Ending: Ending.Ok, IsDead: false }
        from delivery in queue.Deliveries
        where delivery.MessageId == removed.MessageId && delivery.BeganFrom > removed.Ended
        select queue.Violation(
            Rule.DeliveredAfterTheEnd,
            $"{removed.MessageId} was removed by {removed.Ended:O} and delivered at {delivery.BeganFrom:O}.",
            removed.MessageId
        );

    /// <summary>It had come before the call began, and was still there after its end: an id that is over never comes back.</summary>
    private static IEnumerable<Violation> ToldAbsent(QueueHistory queue)
    {
        foreach (var removed in queue.Removed.Where(r => r.NotFound && !queue.MayHaveBeenDeleted(r.Began, r.Ended)))
        {
            var id = removed.MessageId;
            var (came, stayed) = removed.IsDead
                ? (
                    queue.Settled.Any(s => s is { Happened: true, Verb: Verb.DeadLetter } && s.MessageId == id && s.Ended < removed.Began),
                    queue.DeadLetters.Any(d => d.MessageId == id)
                )
                : (
                    queue.Sent.Any(s => s.MessageId == id && s.Ended < removed.Began)
                        || queue.LeasesByMessage[id].Any(l => l.Delivery.BeganBy < removed.Began),
                    queue.Deliveries.Any(d => d.MessageId == id && d.BeganFrom > removed.Ended)
                );
            if (came && stayed)
                yield return queue.Violation(Rule.ToldAbsent, $"{id} was there before {removed.Began:O} and after {removed.Ended:O}.", id);
        }
    }
}
