using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Messages that are not due yet: listing and cancelling them.</summary>
public sealed class ScheduleFunctions(QueueEngine engine, QueueOperations operations, Api api)
{
    [Function("ListScheduled")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/scheduled")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => MessagePages.AnswerAsync(api, request, Rights.Peek, queue, MessageStatus.Scheduled, operations, cancellationToken);

    [Function("CancelScheduled")]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "queues/{queue}/scheduled/{messageId}")] HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Manage,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var id = MessageIds.Parse(messageId, "messageId", faults);
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Empty(await engine.CancelScheduledAsync(name, id, cancellationToken));
            },
            cancellationToken
        );
}
