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
                if (!faults.Any && CloudEventRequests.IsStructured(request))
                    message = Of(await CloudEventRequests.ReadOneAsync(request, faults, cancellationToken), message, "", faults);
                if (faults.Any)
                    return faults.ToResult();
                if (bodies.Refuse(request) is { } refused)
                    return refused;
                if (!CloudEventRequests.IsStructured(request))
                    message = message with { Body = await RequestBodies.TakeAsync(request, cancellationToken) };
                var outcome = await engine.EnqueueAsync(name, message, cancellationToken);
                return outcome.TryGetValue(out var enqueued, out var failure)
                    ? new JsonResponse(
                        enqueued.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created,
                        writer => Write(writer, enqueued)
                    )
                    : Problems.From(failure);
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
                _ = new Query(request, faults);
                var messages = await ReadBatchAsync(request, faults, cancellationToken);
                if (faults.Any)
                    return faults.ToResult();
                if (messages.Sum(m => (long)m.Body.Bytes.Length) > Limits.MaxBatchBytes)
                    return Problems.From(new Failure.MessageTooLarge());
                var outcome = await engine.EnqueueBatchAsync(name, messages, cancellationToken);
                if (!outcome.TryGetValue(out var results, out var failure))
                    return Problems.From(failure);
                return new JsonResponse(
                    StatusCodes.Status200OK,
                    writer =>
                    {
                        writer.WriteStartObject();
                        writer.WriteStartArray("results");
                        foreach (var result in results)
                        {
                            if (result.TryGetValue(out var enqueued, out var why))
                                Write(writer, enqueued);
                            else
                                Problems.WriteItem(writer, why);
                        }

                        writer.WriteEndArray();
                        writer.WriteEndObject();
                    }
                );
            },
            cancellationToken
        );

    private static async Task<IReadOnlyList<NewMessage>> ReadBatchAsync(
        HttpRequest request,
        Faults faults,
        CancellationToken cancellationToken
    )
    {
        if (CloudEventRequests.IsBatch(request))
        {
            var events = await CloudEventRequests.ReadBatchAsync(request, faults, cancellationToken);
            var trace = TraceContext.WithStateOf(request);
            var bare = new NewMessage
            {
                Body = MessageBody.FromBytes(default),
                TraceParent = trace.Parent,
                TraceState = trace.State,
            };
            return [.. events.Select((content, i) => Of(content, bare, $"[{i}].", faults))];
        }

        using var document = await JsonBody.ReadAsync(request, faults, required: true, MaxBatchRequestBytes, cancellationToken);
        return document is null ? [] : BatchJson.Read(document.RootElement, TraceContext.WithStateOf(request), faults);
    }

    /// <summary>The message that an event is; what is not the event's own is as the request says beside it.</summary>
    private static NewMessage Of(EventContent? content, NewMessage message, string at, Faults faults)
    {
        if (content is null)
            return message;
        message = message with
        {
            Body = MessageBody.FromBytes(content.Data),
            ContentType = content.ContentType,
            Attributes = content.With(message.Attributes),
        };
        faults.AddRange(RequestRules.Check(message, at));
        return message;
    }

    private static NewMessage Read(HttpRequest request, Faults faults)
    {
        ContentCoding.RequireNone(request);
        CloudEventRequests.RefuseOtherFormats(request, faults);
        var query = new Query(request, faults, "delaySeconds", "enqueueAt", "ttlSeconds", "groupId", "deduplicationId", "priority");
        var trace = TraceContext.WithStateOf(request);
        var message = new NewMessage
        {
            Body = MessageBody.FromBytes(default),
            ContentType = string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType,
            Attributes = CloudEventRequests.AddBinary(request, AttributeHeaders.Read(request.Headers, faults), faults),
            Delay = query.Seconds("delaySeconds"),
            EnqueueAt = query.Instant("enqueueAt"),
            TimeToLive = query.Seconds("ttlSeconds"),
            Priority = query.Number("priority"),
            GroupId = query.Text("groupId"),
            DeduplicationId = query.DeduplicationId(request),
            TraceParent = trace.Parent,
            TraceState = trace.State,
        };
        faults.AddRange(RequestRules.Check(message, ""));
        return message;
    }

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
