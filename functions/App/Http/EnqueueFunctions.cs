using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http.CloudEvents;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Http;

/// <summary>Enqueueing one message, whose body is the request's, or a batch in JSON.</summary>
public sealed class EnqueueFunctions(QueueEngine engine, Api api, IServiceProvider services)
{
    /// <summary>4 MiB of bodies in base64, with room for what is around them.</summary>
    internal const int MaxBatchRequestBytes = 8 * 1024 * 1024;

    private static readonly string[] OfEvents = ["delaySeconds", "enqueueAt", "ttlSeconds", "groupId", "priority"];

    // Injected by hand: the type is internal, and a function class must be public.
    private readonly MeasuredBodies bodies = services.GetRequiredService<MeasuredBodies>();

    [Function("Enqueue")]
    public Task<IResult> EnqueueAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/messages")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Send,
            queue,
            async (name, faults) =>
            {
                var message = Read(request, faults);
                if (CloudEventRequests.IsStructured(request))
                    message = Of(await CloudEventRequests.ReadOneAsync(request, faults, cancellationToken), message, request);
                faults.AddRange(RequestRules.Check(message, ""));
                if (faults.Any)
                    return faults.ToResult();
                if (bodies.Refuse(request) is { } refused)
                    return refused;
                if (!CloudEventRequests.IsStructured(request))
                    message = message with { Body = await RequestBodies.TakeAsync(request, cancellationToken) };
                return Answers.Of(
                    await engine.EnqueueAsync(name, message, cancellationToken),
                    enqueued => new JsonResponse(
                        enqueued.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created,
                        writer => Write(writer, enqueued)
                    )
                );
            },
            cancellationToken
        );

    [Function("EnqueueBatch")]
    public Task<IResult> EnqueueBatchAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/messages/batch")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Send,
            queue,
            async (name, faults) =>
            {
                var (messages, id) = await ReadBatchAsync(request, faults, cancellationToken);
                if (faults.Any)
                    return faults.ToResult();
                if (messages.Sum(m => (long)m.Body.Bytes.Length) > Limits.MaxBatchBytes)
                    return Problems.From(new Failure.MessageTooLarge());
                if (id is not null)
                    return await TogetherAsync(name, messages, id, cancellationToken);
                var outcome = await engine.EnqueueBatchAsync(name, messages, cancellationToken);
                if (!outcome.TryGetValue(out var results, out var failure))
                    return Problems.From(failure);
                return new JsonResponse(StatusCodes.Status200OK, writer => WriteAll(writer, results, Write));
            },
            cancellationToken
        );

    private async Task<IResult> TogetherAsync(
        QueueName queue,
        IReadOnlyList<NewMessage> messages,
        string id,
        CancellationToken cancellationToken
    )
    {
        if (!BatchEnqueue.Fits(messages))
            return Problems.From(new Failure.MessageTooLarge());
        var outcome = await engine.EnqueueTogetherAsync(queue, messages, id, cancellationToken);
        return outcome.TryGetValue(out var results, out var failure)
            ? new JsonResponse(StatusCodes.Status200OK, writer => WriteAll(writer, results, Write))
            : Problems.From(failure);
    }

    private static void WriteAll<T>(Utf8JsonWriter writer, IReadOnlyList<T> results, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("results");
        foreach (var result in results)
            write(writer, result);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Outcome<Enqueued> result)
    {
        if (result.TryGetValue(out var enqueued, out var why))
            Write(writer, enqueued);
        else
            Problems.WriteItem(writer, why);
    }

    private static async Task<(IReadOnlyList<NewMessage> Messages, string? DeduplicationId)> ReadBatchAsync(
        HttpRequest request,
        Faults faults,
        CancellationToken cancellationToken
    )
    {
        var query = new Query(request, faults, OfEvents);
        var trace = TraceContext.WithStateOf(request);
        if (CloudEventRequests.RequireBatch(request, query, OfEvents, faults))
        {
            var bare = Read(query) with { TraceParent = trace.Parent, TraceState = trace.State };
            var events = await CloudEventRequests.ReadBatchAsync(request, faults, cancellationToken);
            List<NewMessage> messages = [.. events.Select(content => Of(content, bare, request))];
            foreach (var (i, message) in messages.Index())
                faults.AddRange(RequestRules.Check(message, $"[{i}]."));
            return (messages, null);
        }

        using var document = await JsonBody.ReadAsync(request, faults, required: true, MaxBatchRequestBytes, cancellationToken);
        return document is null ? ([], null) : BatchJson.Read(document.RootElement, trace, faults);
    }

    /// <summary>The message that an event is; what is not the event's own is as the request says beside it.</summary>
    private static NewMessage Of(EventContent? content, NewMessage message, HttpRequest request) =>
        content is null
            ? message
            : message with
            {
                Body = MessageBody.FromBytes(content.Data),
                ContentType = content.ContentType,
                Attributes = content.With(message.Attributes),
                GroupId = message.GroupId ?? CloudEventRequests.PartitionKeyOf(request, content.Attributes),
            };

    private static NewMessage Read(HttpRequest request, Faults faults)
    {
        ContentCoding.RequireNone(request);
        CloudEventRequests.RequireOne(request, faults);
        var query = new Query(request, faults, [.. OfEvents, "deduplicationId"]);
        var trace = TraceContext.WithStateOf(request);
        var message = Read(query) with
        {
            ContentType = string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType,
            Attributes = CloudEventRequests.AddBinary(request, AttributeHeaders.Read(request.Headers, faults), faults),
            DeduplicationId = query.DeduplicationId(request),
            TraceParent = trace.Parent,
            TraceState = trace.State,
        };
        return message with { GroupId = message.GroupId ?? CloudEventRequests.PartitionKeyOf(request, message.Attributes) };
    }

    /// <summary>What the query says of one message, or of each event of a batch.</summary>
    private static NewMessage Read(Query query) =>
        new()
        {
            Body = MessageBody.FromBytes(default),
            Delay = query.Seconds("delaySeconds"),
            EnqueueAt = query.Instant("enqueueAt"),
            TimeToLive = query.Seconds("ttlSeconds"),
            Priority = query.Number("priority"),
            GroupId = query.Text("groupId"),
        };

    private static void Write(Utf8JsonWriter writer, Enqueued enqueued)
    {
        writer.WriteStartObject();
        writer.WriteString("messageId", enqueued.MessageId.ToGuid());
        writer.WriteString("enqueuedAt", Instants.Format(enqueued.EnqueuedAt));
        writer.WriteBoolean("duplicate", enqueued.Duplicate);
        if (enqueued.SequenceNumber is { } number)
            writer.WriteNumber("sequenceNumber", number);
        writer.WriteEndObject();
    }
}
