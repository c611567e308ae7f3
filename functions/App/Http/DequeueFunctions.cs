using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Http.CloudEvents;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Receiving messages, and dead letters.</summary>
public sealed class DequeueFunctions(QueueEngine engine, Api api)
{
    [Function("Dequeue")]
    public Task<IResult> DequeueAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/messages/dequeue")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Receive, queue, MessageSource.Live, cancellationToken);

    [Function("DequeueDeadLetters")]
    public Task<IResult> DequeueDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/deadletter/dequeue")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Redrive, queue, MessageSource.DeadLetters, cancellationToken);

    private Task<IResult> RunAsync(
        HttpRequest request,
        Rights right,
        string queue,
        MessageSource source,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            right,
            queue,
            async (name, faults) =>
            {
                var query = new Query(request, faults, "maxMessages", "waitSeconds", "visibilityTimeoutSeconds", "mode");
                var mode = query.Text("mode") ?? "lease";
                if (mode is not ("lease" or "delete"))
                    faults.Add("mode", "Must be lease or delete.");
                var dequeue = new DequeueRequest
                {
                    MaxMessages = query.Number("maxMessages") ?? 1,
                    Wait = query.Seconds("waitSeconds") ?? TimeSpan.Zero,
                    VisibilityTimeout = query.Seconds("visibilityTimeoutSeconds"),
                    Delete = mode == "delete",
                };
                faults.AddRange(RequestRules.Check(dequeue));
                await JsonBody.ReadNothingAsync(request, faults, cancellationToken);
                if (faults.Any)
                    return faults.ToResult();
                // What has been handed out cannot be refused any more; so ask whether there is room at all, and count it then.
                var room = RequestMemory.Room.Of(request);
                room.RequireSome();
                var outcome = await engine.DequeueAsync(name, source, dequeue, cancellationToken);
                if (!outcome.TryGetValue(out var messages, out var failure))
                    return Problems.From(failure);
                room.HoldAnyway(messages.Sum(m => (long)(m.Message.Body?.Length ?? 0)));
                return new MessagesResponse(messages, MessageJson.QueueUrl(request, name), CloudEventAnswers.AreAsked(request));
            },
            cancellationToken
        );
}
