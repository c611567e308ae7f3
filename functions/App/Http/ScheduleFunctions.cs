using FuncQueue.Engine;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Messages that are not due yet: listing and cancelling them.</summary>
public sealed class ScheduleFunctions(QueueEngine engine, Api api)
{
    [Function("ListScheduled")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "queues/{queue}/scheduled")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        MessagePages.AnswerAsync(
            api, request, queue, (name, maxMessages, continuation) => engine.ListScheduledAsync(name, maxMessages, continuation, cancellationToken));

    [Function("CancelScheduled")]
    public Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "queues/{queue}/scheduled/{messageId}")] HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            _ = new Query(request, faults);
            var id = MessageIds.Parse(messageId, "messageId", faults);
            if (faults.Any)
                return faults.ToResult();
            var outcome = await engine.CancelScheduledAsync(name, id, cancellationToken);
            return outcome.Failure is { } failure ? Problems.From(failure) : new EmptyResponse(StatusCodes.Status204NoContent);
        });
}
