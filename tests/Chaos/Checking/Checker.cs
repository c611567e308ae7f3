using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>
/// Holds a history against what FuncQueue promises. Pure. It blames only what is certain: where an outcome or an instant is not known,
/// the service gets the benefit of the doubt.
/// </summary>
public static class Checker
{
    /// <summary>Instants in answers have whole milliseconds, cut off.</summary>
    public static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    public static Verdict Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var lineages = Lineage.All(history);
        var violations = new List<Violation>(Rebirths.Check(history, lineages));
        foreach (var rules in history.Queues)
        {
            var queue = new QueueHistory(history, rules, lineages);
            violations.AddRange(Conservation.Check(queue));
            violations.AddRange(Leases.Check(queue));
            violations.AddRange(Endings.Check(queue));
            violations.AddRange(Counting.Check(queue));
            violations.AddRange(Removals.Check(queue));
            if (rules.IsFifo)
                violations.AddRange(Order.Check(queue));
        }

        foreach (
            var name in history
                .Parts.Select(p => p.Topic)
                .Concat(history.Published.Select(p => p.Topic))
                .Concat(history.Topics.Select(t => t.Name))
                .Distinct()
        )
        {
            var topic = new TopicHistory(history, name);
            violations.AddRange(Logs.Check(topic));
            violations.AddRange(Routing.Check(topic, history.Queues));
            violations.AddRange(topic.Derived.SelectMany(derived => Derivation.Check(topic, derived)));
        }

        violations.AddRange(history.OrphanBlobs.Select(blob => new Violation(Rule.OrphanBlob, blob)));
        violations.AddRange(history.StrangeAnswers.Select(answer => new Violation(Rule.StrangeAnswer, answer)));
        violations.AddRange(
            from call in history.Received
            where call.ClockWasOff && call.Deliveries.Count > 0
            select new Violation(
                Rule.DeliveredWithWrongClock,
                $"Process {call.Process} delivered {call.Deliveries.Count} messages of {call.Queue} at {call.Ended:O}."
            )
        );
        return new Verdict
        {
            Violations = violations,
            Sent =
                history.Sent.Select(s => (s.Queue, s.Key)).Distinct().LongCount()
                + history.Published.Select(p => (p.Topic, p.Key)).Distinct().LongCount(),
            Acknowledged =
                history.Sent.Where(s => s.Ending == Ending.Ok).Select(s => (s.Queue, s.Key)).Distinct().LongCount()
                + history.Published.Where(p => p.Ending == Ending.Ok).Select(p => (p.Topic, p.Key)).Distinct().LongCount(),
            Delivered = history.Received.Sum(r => (long)r.Deliveries.Count),
            Duplicates = history
                .Received.SelectMany(r => r.Deliveries.Select(d => (r.Queue, d.Key)))
                .GroupBy(d => d)
                .Sum(g => g.LongCount() - 1),
            DeadLettered = history.Remains.SelectMany(r => r.DeadLetters.Select(d => (r.Queue, d.MessageId))).Distinct().LongCount(),
        };
    }
}
