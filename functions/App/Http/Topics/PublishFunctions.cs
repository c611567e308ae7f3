using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http.CloudEvents;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Publishing one record, whose body is the request's, or a batch in JSON.</summary>
public sealed class PublishFunctions(TopicEngine topics, Api api, IServiceProvider services)
{
    // Injected by hand: the type is internal, and a function class must be public.
    private readonly MeasuredBodies bodies = services.GetRequiredService<MeasuredBodies>();

    [Function("Publish")]
    public Task<IResult> PublishAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "topics/{topic}/messages")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Send,
            topic,
            async (name, faults) =>
            {
                var record = Read(request, faults);
                if (!faults.Any && CloudEventRequests.IsStructured(request))
                    record = Of(await CloudEventRequests.ReadOneAsync(request, faults, cancellationToken), record, "", faults);
                if (faults.Any)
                    return faults.ToResult();
                if (bodies.Refuse(request) is { } refused)
                    return refused;
                if (!CloudEventRequests.IsStructured(request))
                    record = record with { Body = await RequestBodies.TakeAsync(request, cancellationToken) };
                var outcome = await topics.PublishAsync(name, record, cancellationToken);
                return outcome.TryGetValue(out var published, out var failure)
                    ? new JsonResponse(
                        published.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created,
                        writer => PublishJson.Write(writer, published)
                    )
                    : Problems.From(failure);
            },
            cancellationToken
        );

    [Function("PublishBatch")]
    public Task<IResult> PublishBatchAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "topics/{topic}/messages/batch")] HttpRequest request,
        string topic,
        CancellationToken cancellationToken
    ) =>
        api.RunOnTopicAsync(
            request,
            Rights.Send,
            topic,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var (each, together) = await ReadBatchAsync(request, faults, cancellationToken);
                if (faults.Any)
                    return faults.ToResult();
                if ((together?.Records ?? each).Sum(m => (long)m.Body.Bytes.Length) > Limits.MaxBatchBytes)
                    return Problems.From(new Failure.MessageTooLarge());
                return together is null
                    ? await AnswerAsync(name, each, cancellationToken)
                    : await AnswerAsync(name, together, cancellationToken);
            },
            cancellationToken
        );

    private async Task<IResult> AnswerAsync(TopicName topic, IReadOnlyList<PublishRequest> records, CancellationToken cancellationToken)
    {
        if (!(await topics.PublishBatchAsync(topic, records, cancellationToken)).TryGetValue(out var results, out var failure))
            return Problems.From(failure);
        return Results(results);
    }

    private async Task<IResult> AnswerAsync(TopicName topic, AtomicPublish batch, CancellationToken cancellationToken)
    {
        if (!(await topics.PublishAtomicAsync(topic, batch, cancellationToken)).TryGetValue(out var results, out var failure))
            return Problems.From(failure);
        return Results([.. results.Select(r => (Outcome<Published>)r)]);
    }

    private static JsonResponse Results(IReadOnlyList<Outcome<Published>> results) =>
        new(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("results");
                foreach (var result in results)
                {
                    if (result.TryGetValue(out var published, out var why))
                        PublishJson.Write(writer, published);
                    else
                        Problems.WriteItem(writer, why);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }
        );

    private static async Task<(IReadOnlyList<PublishRequest> Each, AtomicPublish? Together)> ReadBatchAsync(
        HttpRequest request,
        Faults faults,
        CancellationToken cancellationToken
    )
    {
        var trace = TraceContext.WithStateOf(request);
        var producer = ProducerHeaders.Read(request, faults);
        if (CloudEventRequests.IsBatch(request))
        {
            if (producer is not null)
                faults.Add("Producer-Id", "Counts in batches of application/json only.");
            var events = await CloudEventRequests.ReadBatchAsync(request, faults, cancellationToken);
            var bare = new PublishRequest
            {
                Body = MessageBody.FromBytes(default),
                TraceParent = trace.Parent,
                TraceState = trace.State,
            };
            return ([.. events.Select((content, i) => Of(content, bare, $"[{i}].", faults))], null);
        }

        using var document = await JsonBody.ReadAsync(
            request,
            faults,
            required: true,
            EnqueueFunctions.MaxBatchRequestBytes,
            cancellationToken
        );
        return document is null ? ([], null) : PublishJson.Read(document.RootElement, trace, producer, faults);
    }

    /// <summary>The record that an event is; what is not the event's own is as the request says beside it.</summary>
    private static PublishRequest Of(EventContent? content, PublishRequest record, string at, Faults faults)
    {
        if (content is null)
            return record;
        record = record with
        {
            Body = MessageBody.FromBytes(content.Data),
            ContentType = content.ContentType,
            Attributes = content.With(record.Attributes),
        };
        faults.AddRange(TopicRules.Check(record, at));
        return record;
    }

    private static PublishRequest Read(HttpRequest request, Faults faults)
    {
        ContentCoding.RequireNone(request);
        CloudEventRequests.RefuseOtherFormats(request, faults);
        var query = new Query(
            request,
            faults,
            "routingKey",
            "key",
            "partition",
            "mandatory",
            "deduplicationId",
            "expectedOffset",
            "delaySeconds",
            "ttlSeconds",
            "priority"
        );
        var trace = TraceContext.WithStateOf(request);
        var record = new PublishRequest
        {
            Body = MessageBody.FromBytes(default),
            ContentType = string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType,
            Attributes = CloudEventRequests.AddBinary(request, AttributeHeaders.Read(request.Headers, faults), faults),
            RoutingKey = query.Text("routingKey"),
            Key = query.Text("key"),
            Partition = query.Number("partition"),
            Mandatory = query.Flag("mandatory") ?? false,
            DeduplicationId = query.DeduplicationId(request),
            Producer = ProducerHeaders.Read(request, faults),
            ExpectedOffset = query.Whole("expectedOffset"),
            Delay = query.Seconds("delaySeconds"),
            TimeToLive = query.Seconds("ttlSeconds"),
            Priority = query.Number("priority"),
            TraceParent = trace.Parent,
            TraceState = trace.State,
        };
        faults.AddRange(TopicRules.Check(record, ""));
        return record;
    }
}
