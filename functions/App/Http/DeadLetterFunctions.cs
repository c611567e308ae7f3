using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Making dead letters live again, and why they died.</summary>
public sealed class DeadLetterFunctions(QueueEngine engine, QueueOperations operations, Api api)
{
    /// <summary>Says whether an answer is not about all dead letters.</summary>
    private const string PartialHeader = "x-funcqueue-partial";

    [Function("Redrive")]
    public Task<IResult> RedriveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/deadletter/redrive")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Redrive,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                using var document = await JsonBody.ReadAsync(
                    request,
                    faults,
                    required: false,
                    JsonBody.DefaultLimit,
                    JsonBody.FilterDepth,
                    cancellationToken
                );
                var (redrive, dryRun) = document is null ? (new RedriveRequest(), false) : RedriveJson.Read(document.RootElement, faults);
                if (faults.Any)
                    return faults.ToResult();
                if (redrive.To is { } to && api.Refuse(request, Rights.Send, Resource.Of(to)) is { } refused)
                    return refused;
                return dryRun
                    ? await PreviewAsync(request, name, redrive, cancellationToken)
                    : await RedriveAsync(name, redrive, cancellationToken);
            },
            cancellationToken
        );

    [Function("Resubmit")]
    public Task<IResult> ResubmitAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/deadletter/messages/{messageId}/resubmit")]
            HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Redrive,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var id = MessageIds.Parse(messageId, "messageId", faults);
                using var document = await JsonBody.ReadAsync(
                    request,
                    faults,
                    required: false,
                    EnqueueFunctions.MaxBatchRequestBytes,
                    cancellationToken
                );
                var asked = document is null ? new Resubmission() : ResubmitJson.Read(document.RootElement, faults);
                if (faults.Any)
                    return faults.ToResult();
                if (asked.Body?.Length > Limits.MaxBatchBytes)
                    return Problems.From(new Failure.MessageTooLarge());
                if (asked.To is { } to && api.Refuse(request, Rights.Send, Resource.Of(to)) is { } refused)
                    return refused;
                return Answers.Json(
                    await operations.ResubmitAsync(name, id, asked, cancellationToken),
                    (writer, arrived) =>
                    {
                        writer.WriteStartObject();
                        writer.WriteString("messageId", arrived.ToGuid());
                        writer.WriteEndObject();
                    }
                );
            },
            cancellationToken
        );

    [Function("ListReasons")]
    public Task<IResult> ListReasonsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/deadletter/reasons")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Peek,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                if (faults.Any)
                    return faults.ToResult();
                RequestMemory.Room.Of(request).RequireSome();
                return Answers.Of(await operations.SummarizeReasonsAsync(name, cancellationToken), Answer);
            },
            cancellationToken
        );

    private async Task<IResult> RedriveAsync(QueueName queue, RedriveRequest redrive, CancellationToken cancellationToken)
    {
        return Answers.Json(
            await engine.RedriveAsync(queue, redrive, cancellationToken),
            (writer, redriven) =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("moved", redriven.Moved);
                writer.WriteNumber("remaining", redriven.Remaining);
                writer.WriteEndObject();
            }
        );
    }

    private async Task<IResult> PreviewAsync(
        HttpRequest request,
        QueueName queue,
        RedriveRequest redrive,
        CancellationToken cancellationToken
    )
    {
        return Answers.Of(
            await operations.PreviewRedriveAsync(queue, redrive, cancellationToken),
            preview => new PreviewResponse(preview, MessageJson.QueueUrl(request, queue))
        );
    }

    private static JsonResponse Answer(ReasonList reasons) =>
        new(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartArray();
                foreach (var reason in reasons.Reasons)
                {
                    writer.WriteStartObject();
                    writer.WriteString("reason", reason.Reason);
                    writer.WriteNumber("count", reason.Count);
                    writer.WriteString("oldestAt", Instants.Format(reason.OldestAt));
                    writer.WriteString("newestAt", Instants.Format(reason.NewestAt));
                    writer.WriteString("exampleMessageId", reason.Example.ToGuid());
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            },
            headers: headers => headers[PartialHeader] = reasons.IsWhole ? "false" : "true"
        );
}
