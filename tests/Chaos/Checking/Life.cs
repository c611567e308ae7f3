using System.Globalization;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Checking;

/// <summary>All that a history has on one message, in order, for whoever looks into a violation.</summary>
internal static class Life
{
    public static IEnumerable<string> Of(History history, string messageId)
    {
        var key =
            history.Sent.FirstOrDefault(s => s.MessageId == messageId)?.Key
            ?? history.Received.SelectMany(r => r.Deliveries).FirstOrDefault(d => d.MessageId == messageId)?.Key;
        var leases = new List<string>();
        var events = new List<(DateTimeOffset At, string What)>();
        foreach (var sent in history.Sent.Where(s => s.Key == key))
            events.Add(
                (
                    sent.Began,
                    $"sent as {sent.Key} until {Time(sent.Ended)}: {sent.Ending} {sent.MessageId} {sent.DeduplicationId} "
                        + $"{sent.Group} #{sent.SequenceNumber}"
                )
            );
        foreach (var call in history.Received.OrderBy(r => r.Began))
        {
            foreach (var delivery in call.Deliveries.Where(d => d.Key == key))
            {
                leases.Add(delivery.Lease);
                events.Add(
                    (
                        call.Began,
                        $"delivered until {Time(call.Ended)} by process {call.Process}: {delivery.MessageId}, lease "
                            + $"{leases.Count} from {Time(delivery.BeganFrom)} to {Time(delivery.BeganBy)}, held until "
                            + $"{Time(delivery.HeldUntil)}, count "
                            + $"{delivery.DeliveryCount}{(delivery.OriginalMessageId is { } id ? $", once {id}" : "")}"
                    )
                );
            }
        }

        foreach (var settled in history.Settled.Where(s => leases.Contains(s.Lease)))
            events.Add(
                (
                    settled.Began,
                    $"{settled.Verb} of lease {leases.IndexOf(settled.Lease) + 1} until {Time(settled.Ended)}: "
                        + $"{settled.Ending} {settled.Answer}{(settled.HeldUntil is { } until ? $", held until {Time(until)}" : "")}"
                )
            );
        var ids = history
            .Received.SelectMany(r => r.Deliveries)
            .Where(d => d.Key == key)
            .Select(d => d.MessageId)
            .Append(messageId)
            .ToHashSet();
        foreach (var call in history.Revivals.Where(r => r.MessageId is { } id && ids.Contains(id)))
            events.Add((call.Began, $"resubmitted to {call.To} until {Time(call.Ended)}: {call.Ending} {call.NewId}"));
        foreach (var call in history.Removed.Where(r => ids.Contains(r.MessageId)))
            events.Add((call.Began, $"removed until {Time(call.Ended)}: {call.Ending}{(call.NotFound ? ", not found" : "")}"));
        return events.OrderBy(e => e.At).Select(e => $"{Time(e.At)} {e.What}");
    }

    private static string Time(DateTimeOffset instant) => instant.ToString("mm:ss.fff", CultureInfo.InvariantCulture);
}
