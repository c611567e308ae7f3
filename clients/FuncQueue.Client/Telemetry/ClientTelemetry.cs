using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FuncQueue.Client.Telemetry;

/// <summary>Spans and instruments, by OpenTelemetry's conventions for messaging.</summary>
internal static class ClientTelemetry
{
    private const string MessagingSystem = "funcqueue";

    private static readonly ActivitySource Spans = new(FuncQueueTelemetry.Name);
    private static readonly Meter Meter = new(FuncQueueTelemetry.Name);

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}");
    private static readonly Counter<long> Consumed = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}");
    private static readonly Histogram<double> Operations = Meter.CreateHistogram<double>("messaging.client.operation.duration", "s");
    private static readonly Histogram<double> Processing = Meter.CreateHistogram<double>("messaging.process.duration", "s");
    private static readonly Counter<long> LostLeases = Meter.CreateCounter<long>("funcqueue.client.leases.lost", "{lease}");

    /// <summary>The span of one message's send: the parent of whoever handles the message.</summary>
    public static Activity? StartSend(string destination) => Start($"send {destination}", ActivityKind.Producer, destination, "send");

    /// <summary>The span of a request for several messages, linked to theirs.</summary>
    public static Activity? StartRequest(string operation, string destination, int count, IEnumerable<string?> traceParents)
    {
        if (!Spans.HasListeners())
            return null;
        var span = Spans.StartActivity(
            $"{operation} {destination}",
            ActivityKind.Client,
            default(ActivityContext),
            links: traceParents.Select(Link).OfType<ActivityLink>()
        );
        return Tag(span, destination, operation)?.SetTag("messaging.batch.message_count", count);
    }

    /// <summary>The span of a handler: the child of the producer's.</summary>
    public static Activity? StartProcess(string queue, ReceivedMessage message)
    {
        if (!Spans.HasListeners())
            return null;
        ActivityContext.TryParse(message.TraceParent, message.TraceState, isRemote: true, out var producer);
        var span = Spans.StartActivity($"process {queue}", ActivityKind.Consumer, producer);
        return Tag(span, queue, "process")?.SetTag("messaging.message.id", message.MessageId.ToString());
    }

    /// <summary>The span of a handler of records: the child of the producer's of a single one, linked to those of several.</summary>
    public static Activity? StartProcess(string topic, IReadOnlyList<TopicRecord> records)
    {
        if (!Spans.HasListeners())
            return null;
        if (records.Count > 1)
        {
            var links = records.Select(record => Link(record.TraceParent)).OfType<ActivityLink>();
            var batch = Spans.StartActivity($"process {topic}", ActivityKind.Consumer, default(ActivityContext), links: links);
            return Tag(batch, topic, "process")?.SetTag("messaging.batch.message_count", records.Count);
        }

        ActivityContext.TryParse(records[0].TraceParent, records[0].TraceState, isRemote: true, out var producer);
        var span = Spans.StartActivity($"process {topic}", ActivityKind.Consumer, producer);
        return Tag(span, topic, "process")?.SetTag("messaging.message.id", records[0].MessageId.ToString());
    }

    public static void Ended(Activity? span, string operation, string destination, TimeSpan took, FuncQueueErrorReason? error)
    {
        var tags = Tags(operation, destination, error?.ToString());
        Operations.Record(took.TotalSeconds, tags);
        Fail(span, error?.ToString());
    }

    public static void CountSent(string destination, int messages, string? error = null) =>
        Sent.Add(messages, Tags("send", destination, error));

    public static void CountConsumed(string queue, int messages) => Consumed.Add(messages, Tags("receive", queue, null));

    public static void Processed(Activity? span, string queue, TimeSpan took, Exception? error)
    {
        Processing.Record(took.TotalSeconds, Tags("process", queue, error?.GetType().FullName));
        Fail(span, error?.GetType().FullName);
    }

    public static void CountLost(string queue) => LostLeases.Add(1, Tags("process", queue, null));

    private static void Fail(Activity? span, string? error)
    {
        if (error is null)
            return;
        span?.SetTag("error.type", error);
        span?.SetStatus(ActivityStatusCode.Error);
    }

    private static Activity? Start(string name, ActivityKind kind, string destination, string operation) =>
        Spans.HasListeners() ? Tag(Spans.StartActivity(name, kind), destination, operation) : null;

    private static Activity? Tag(Activity? span, string destination, string operation) =>
        span
            ?.SetTag("messaging.system", MessagingSystem)
            .SetTag("messaging.destination.name", destination)
            .SetTag("messaging.operation.name", operation)
            .SetTag(
                "messaging.operation.type",
                operation is "ack" or "nack" or "extend" or "deadletter" or "release" ? "settle" : operation
            );

    private static TagList Tags(string operation, string destination, string? error)
    {
        var tags = new TagList
        {
            { "messaging.system", MessagingSystem },
            { "messaging.destination.name", destination },
            { "messaging.operation.name", operation },
        };
        if (error is not null)
            tags.Add("error.type", error);
        return tags;
    }

    private static ActivityLink? Link(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? new ActivityLink(context) : null;
}
