using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Looking at messages without leasing them.</summary>
public sealed class InspectFunctions(QueueEngine engine, QueueOperations operations, Api api)
{
    [Function("Peek")]
    public Task<IResult> PeekAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/messages")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => MessagePages.AnswerAsync(api, request, Rights.Peek, queue, status: null, operations, cancellationToken);

    [Function("PeekDeadLetters")]
    public Task<IResult> PeekDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/deadletter/messages")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => MessagePages.AnswerAsync(api, request, Rights.Peek, queue, MessageStatus.DeadLettered, operations, cancellationToken);

    [Function("GetMessage")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/messages/{messageId}")] HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Peek,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var id = MessageIds.Parse(messageId, "messageId", faults);
                if (faults.Any)
                    return faults.ToResult();
                var outcome = await engine.FindMessageAsync(name, id, cancellationToken);
                if (!outcome.TryGetValue(out var message, out var failure))
                    return Problems.From(failure);
                var url = MessageJson.QueueUrl(request, name);
                return new JsonResponse(StatusCodes.Status200OK, writer => MessageJson.Write(writer, message, url, withStatus: true));
            },
            cancellationToken
        );

    [Function("GetMessageBody")]
    public Task<IResult> GetBodyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "queues/{queue}/messages/{messageId}/body")] HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Rights.Receive | Rights.Peek,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                var id = MessageIds.Parse(messageId, "messageId", faults);
                if (faults.Any)
                    return faults.ToResult();
                // It may come from a blob, and only the engine will know.
                RequestMemory.Room.Of(request).Hold(RequestMemory.Streamed);
                return Answers.Of(await engine.OpenBodyAsync(name, id, cancellationToken), body => new BodyResponse(body));
            },
            cancellationToken
        );
}

internal static class MessageIds
{
    public static MessageId Parse(string text, string field, Faults faults)
    {
        if (!MessageId.TryParse(text, out var id))
            faults.Add(field, "Is no message id.");
        return id;
    }
}
