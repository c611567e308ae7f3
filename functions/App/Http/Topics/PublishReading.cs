using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Http.CloudEvents;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>What a request publishes: one record, several in JSON, or events in any of their modes.</summary>
internal static class PublishReading
{
    private static readonly string[] OfAtomic = ["deduplicationId", "expectedOffset"];

    /// <summary>What the query says of one record, and of each event of a batch.</summary>
    private static readonly string[] OfEach = ["routingKey", "key", "partition", "mandatory", "delaySeconds", "ttlSeconds", "priority"];

    private static readonly string[] OfEvents = [.. OfEach, "atomic", .. OfAtomic];

    /// <summary>One record; its body is still in the request, unless it is an event in JSON.</summary>
    public static async Task<PublishRequest> ReadOneAsync(HttpRequest request, Faults faults, CancellationToken cancellationToken)
    {
        ContentCoding.RequireNone(request);
        CloudEventRequests.RequireOne(request, faults);
        var query = new Query(request, faults, [.. OfEach, .. OfAtomic]);
        var trace = TraceContext.WithStateOf(request);
        var record = Read(query) with
        {
            ContentType = string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType,
            Attributes = CloudEventRequests.AddBinary(request, AttributeHeaders.Read(request.Headers, faults), faults),
            DeduplicationId = query.DeduplicationId(request),
            Producer = ProducerHeaders.Read(request, faults),
            ExpectedOffset = query.Whole("expectedOffset"),
            TraceParent = trace.Parent,
            TraceState = trace.State,
        };
        if (CloudEventRequests.IsStructured(request))
            record = Of(await CloudEventRequests.ReadOneAsync(request, faults, cancellationToken), record);
        record = WithKey(record, CloudEventRequests.PartitionKeyOf(request, record.Attributes));
        faults.AddRange(TopicRules.Check(record, ""));
        return record;
    }

    /// <summary>The records of a batch one by one, or, where the request says so, the atomic batch; the other is null.</summary>
    public static async Task<(IReadOnlyList<PublishRequest> Each, AtomicPublish? Together)> ReadBatchAsync(
        HttpRequest request,
        Faults faults,
        CancellationToken cancellationToken
    )
    {
        var query = new Query(request, faults, OfEvents);
        var producer = ProducerHeaders.Read(request, faults);
        if (CloudEventRequests.RequireBatch(request, query, OfEvents, faults))
            return await ReadEventsAsync(request, query, producer, faults, cancellationToken);
        using var document = await JsonBody.ReadAsync(
            request,
            faults,
            required: true,
            EnqueueFunctions.MaxBatchRequestBytes,
            cancellationToken
        );
        return document is null ? ([], null) : PublishJson.Read(document.RootElement, TraceContext.WithStateOf(request), producer, faults);
    }

    private static async Task<(IReadOnlyList<PublishRequest> Each, AtomicPublish? Together)> ReadEventsAsync(
        HttpRequest request,
        Query query,
        ProducerStamp? producer,
        Faults faults,
        CancellationToken cancellationToken
    )
    {
        var terms = new BatchTerms(query.Flag("atomic") ?? false, producer);
        terms.Check(OfAtomic.Where(query.Has), "Counts for an atomic batch only.", faults);
        var trace = TraceContext.WithStateOf(request);
        var all = Read(query) with { TraceParent = trace.Parent, TraceState = trace.State };
        var each = terms.IsAtomic ? all with { Key = null, Partition = null } : all;
        var events = await CloudEventRequests.ReadBatchAsync(request, faults, cancellationToken);
        List<PublishRequest> records = [.. events.Select(content => Of(content, each))];
        if (!terms.IsAtomic)
            records = [.. records.Select(r => WithKey(r, CloudEventRequests.PartitionKeyOf(request, r.Attributes)))];
        foreach (var (i, record) in records.Index())
            faults.AddRange(TopicRules.Check(record, $"[{i}]."));
        return terms.Of(
            records,
            () =>
                new AtomicPublish
                {
                    Records = records,
                    Key = all.Key,
                    Partition = all.Partition,
                    DeduplicationId = query.Text("deduplicationId"),
                    ExpectedOffset = query.Whole("expectedOffset"),
                },
            isWhole: records.Count > 0,
            faults
        );
    }

    /// <summary>The record that an event is; what is not the event's own is as the request says beside it.</summary>
    private static PublishRequest Of(EventContent? content, PublishRequest record) =>
        content is null
            ? record
            : record with
            {
                Body = MessageBody.FromBytes(content.Data),
                ContentType = content.ContentType,
                Attributes = content.With(record.Attributes),
            };

    private static PublishRequest WithKey(PublishRequest record, string? key) =>
        record is { Key: null, Partition: null } ? record with { Key = key } : record;

    private static PublishRequest Read(Query query) =>
        new()
        {
            Body = MessageBody.FromBytes(default),
            RoutingKey = query.Text("routingKey"),
            Key = query.Text("key"),
            Partition = query.Number("partition"),
            Mandatory = query.Flag("mandatory") ?? false,
            Delay = query.Seconds("delaySeconds"),
            TimeToLive = query.Seconds("ttlSeconds"),
            Priority = query.Number("priority"),
        };
}
