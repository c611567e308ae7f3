using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>Settles receipts, and takes down what was answered for each.</summary>
internal sealed class Settling(QueueClient client, Recorder recorder)
{
    /// <summary>One call; how it ended.</summary>
    public async Task<Ending> SettleAsync(
        AppSlot slot,
        QueueSpec queue,
        Verb verb,
        IReadOnlyList<Delivery> deliveries,
        int? seconds = null,
        string? reason = null
    )
    {
        var json = new JsonObject { ["receipts"] = new JsonArray([.. deliveries.Select(d => (JsonNode)d.Lease)]) };
        if (seconds is { } number)
            json[verb == Verb.Extend ? "visibilityTimeoutSeconds" : "delaySeconds"] = number;
        if (reason is not null)
            json["reason"] = reason;
        var call = await client.PostJsonAsync(slot, $"{queue.Url}/messages/{Route(verb)}", json);
        foreach (var (i, delivery) in deliveries.Index())
        {
            var result = call.Ending == Ending.Ok ? call.Json!["results"]![i]! : null;
            recorder.Add(
                new Settled
                {
                    Queue = queue.Name,
                    Verb = verb,
                    MessageId = delivery.MessageId,
                    Lease = delivery.Lease,
                    Began = call.Began,
                    Ended = call.Ended,
                    Ending = call.Ending,
                    Answer = result?["status"]!.GetValue<string>() switch
                    {
                        "ok" => Answer.Ok,
                        "lease-lost" => Answer.LeaseLost,
                        "malformed-receipt" => Answer.Malformed,
                        _ => Answer.None,
                    },
                    ClockAhead = slot.Clock.MostAhead(call.Began, call.Ended),
                    HeldUntil = verb == Verb.Extend ? HeldUntil(slot, call, result, seconds!.Value) : null,
                }
            );
        }

        return call.Ending;
    }

    private static DateTimeOffset HeldUntil(AppSlot slot, Call call, JsonNode? result, int seconds) =>
        result?["visibleAt"] is { } until
            ? Receiving.HeldUntil(Receiving.Instant(until), slot.Clock.Between(call.Began, call.Ended).Most)
            // Should the extension have happened or happen yet, its end is this or later, unless the clock was behind.
            : call.Began.AddSeconds(seconds)
                + (slot.Clock.Between(call.Began, call.Ended).Least is { Ticks: < 0 } behind ? behind : TimeSpan.Zero);

    private static string Route(Verb verb) =>
        verb switch
        {
            Verb.Ack => "ack",
            Verb.Nack => "nack",
            Verb.Extend => "extend",
            Verb.Release => "release",
            _ => "deadletter",
        };
}
