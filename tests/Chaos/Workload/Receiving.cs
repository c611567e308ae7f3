using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>Dequeues, and takes down what came in right time.</summary>
internal sealed class Receiving(QueueClient client, Recorder recorder)
{
    /// <summary>The deliveries of one call, with the bodies that lie elsewhere.</summary>
    public async Task<IReadOnlyList<Delivery>> DequeueAsync(
        AppSlot slot,
        QueueSpec queue,
        int maxMessages,
        int waitSeconds,
        TimeSpan? visibilityTimeout,
        CancellationToken hangUp = default
    )
    {
        var url = $"{queue.Url}/messages/dequeue?maxMessages={maxMessages}&waitSeconds={waitSeconds}";
        if (queue.AtMostOnce)
            url += "&mode=delete";
        else if (visibilityTimeout is { } timeout)
            url += $"&visibilityTimeoutSeconds={(int)timeout.TotalSeconds}";
        var call = await client.SendAsync(slot, HttpMethod.Post, url, cancellationToken: hangUp);
        var clockWasOff = slot.IsKnownOff(call.Began, call.Ended);
        var deliveries = new List<Delivery>();
        foreach (var message in call.Json?["messages"]?.AsArray() ?? [])
            deliveries.Add(await ReadAsync(call, message!, visibilityTimeout ?? queue.VisibilityTimeout));
        recorder.Add(
            new Received
            {
                Queue = queue.Name,
                Process = slot.Number,
                Began = call.Began,
                Ended = call.Ended,
                Ending = call.Ending,
                MaxMessages = maxMessages,
                Delete = queue.AtMostOnce,
                ClockWasOff = clockWasOff,
                Deliveries = deliveries,
            }
        );
        return deliveries;
    }

    private static async Task<Delivery> ReadAsync(Call call, JsonNode message, TimeSpan visibilityTimeout)
    {
        var (least, most) = call.Slot.Clock.Between(call.Began, call.Ended);
        // The end of the lease by the server's clock; its begin is what the caller asked for before that.
        var until = Instant(message["visibleAt"]!);
        var began = until - visibilityTimeout;
        return new Delivery
        {
            MessageId = message["messageId"]!.GetValue<string>(),
            Key = message["attributes"]![Message.KeyAttribute]!.GetValue<string>(),
            Digest = await DigestAsync(call.Slot, message),
            DeliveryCount = message["deliveryCount"]!.GetValue<int>(),
            Lease = message["receipt"]?.GetValue<string>() ?? "",
            BeganFrom = Later(began - most, call.Began),
            BeganBy = Earlier(began - least, call.Ended),
            HeldUntil = HeldUntil(until, most),
            Group = message["groupId"]?.GetValue<string>(),
            SequenceNumber = message["sequenceNumber"]?.GetValue<long>(),
            Source = message["source"] is { } source
                ? new RecordPlace(
                    source["topic"]!.GetValue<string>(),
                    source["partition"]!.GetValue<int>(),
                    source["offset"]!.GetValue<long>()
                )
                : null,
            OriginalMessageId = message["originalMessageId"]?.GetValue<string>(),
        };
    }

    /// <summary>In right time: at least until then, whoever goes by the instant.</summary>
    public static DateTimeOffset HeldUntil(DateTimeOffset until, TimeSpan mostAhead) =>
        mostAhead > TimeSpan.Zero ? until - mostAhead : until;

    public static DateTimeOffset Instant(JsonNode node) => DateTimeOffset.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture);

    public static async Task<string?> DigestAsync(AppSlot slot, JsonNode message)
    {
        if (message["body"] is { } text)
            return Message.DigestOf(Encoding.UTF8.GetBytes(text.GetValue<string>()));
        if (message["bodyBase64"] is { } base64)
            return Message.DigestOf(Convert.FromBase64String(base64.GetValue<string>()));
        return await QueueClient.ReadBodyAsync(slot, message["bodyUrl"]!.GetValue<string>()) is { } body ? Message.DigestOf(body) : null;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
