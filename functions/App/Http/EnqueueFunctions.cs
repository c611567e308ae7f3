using System.Text.Json;
using FuncQueue.Engine;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Enqueueing one message, whose body is the request's, or a batch in JSON.</summary>
public sealed class EnqueueFunctions(QueueEngine engine, Api api)
{
    /// <summary>4 MiB of bodies in base64, with room for what is around them.</summary>
    private const int MaxBatchRequestBytes = 8 * 1024 * 1024;

    [Function("Enqueue")]
    public Task<IResult> EnqueueAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/messages")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            var message = await ReadAsync(request, faults, cancellationToken);
            if (faults.Any)
                return faults.ToResult();
            if (request.ContentLength > Limits.MaxBodyBytes)
                return Problems.From(new Failure.MessageTooLarge());
            var outcome = await engine.EnqueueAsync(name, message, cancellationToken);
            return outcome.TryGetValue(out var enqueued, out var failure)
                ? new JsonResponse(enqueued.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created, writer => Write(writer, enqueued))
                : Problems.From(failure);
        });

    [Function("EnqueueBatch")]
    public Task<IResult> EnqueueBatchAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/messages/batch")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            _ = new Query(request, faults);
            using var document = await JsonBody.ReadAsync(request, faults, required: true, MaxBatchRequestBytes, cancellationToken);
            var messages = document is null ? [] : BatchJson.Read(document.RootElement, TraceContext.Of(request), faults);
            if (faults.Any)
                return faults.ToResult();
            if (messages.Sum(m => (long)m.Body.Bytes.Length) > Limits.MaxBatchBytes)
                return Problems.From(new Failure.MessageTooLarge());
            var outcome = await engine.EnqueueBatchAsync(name, messages, cancellationToken);
            if (!outcome.TryGetValue(out var results, out var failure))
                return Problems.From(failure);
            return new JsonResponse(StatusCodes.Status200OK, writer =>
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
            });
        });

    private static async ValueTask<NewMessage> ReadAsync(HttpRequest request, Faults faults, CancellationToken cancellationToken)
    {
        var query = new Query(request, faults, "delaySeconds", "enqueueAt", "ttlSeconds", "groupId", "deduplicationId", "priority");
        var deduplicationId = query.Text("deduplicationId");
        if (request.Headers.TryGetValue("Idempotency-Key", out var key))
        {
            if (key.Count != 1 || (deduplicationId is not null && deduplicationId != key[0]))
                faults.Add("Idempotency-Key", "Means the same as deduplicationId: give one of them, or both alike.");
            deduplicationId ??= key[0];
        }

        var message = new NewMessage
        {
            Body = MessageBody.FromBytes(default),
            ContentType = string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType,
            Attributes = AttributeHeaders.Read(request.Headers, faults),
            Delay = query.Seconds("delaySeconds"),
            EnqueueAt = query.Instant("enqueueAt"),
            TimeToLive = query.Seconds("ttlSeconds"),
            Priority = query.Number("priority"),
            GroupId = query.Text("groupId"),
            DeduplicationId = deduplicationId,
            TraceParent = TraceContext.Of(request),
        };
        faults.AddRange(RequestRules.Check(message, ""));
        if (faults.Any)
            return message;
        var room = RequestMemory.Room.Of(request);
        if (request.ContentLength is not { } length)
            return message with { Body = MessageBody.FromStream(new UnmeasuredBody(request.Body, room)) };
        if (length > Limits.MaxInlineBodyBytes)
        {
            // One that is refused for its length is not read.
            if (length <= Limits.MaxBodyBytes)
                room.Hold(RequestMemory.Streamed);
            return message with { Body = MessageBody.FromStream(request.Body) };
        }

        var bytes = new byte[length];
        await request.Body.ReadExactlyAsync(bytes, cancellationToken);
        return message with { Body = MessageBody.FromBytes(bytes) };
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
