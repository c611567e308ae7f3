using FuncQueue.Engine;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Looking at messages without leasing them.</summary>
public sealed class InspectFunctions(QueueEngine engine, Api api)
{
    [Function("Peek")]
    public Task<IResult> PeekAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "queues/{queue}/messages")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        PeekAsync(request, queue, MessageSource.Live, cancellationToken);

    [Function("PeekDeadLetters")]
    public Task<IResult> PeekDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "queues/{queue}/deadletter/messages")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        PeekAsync(request, queue, MessageSource.DeadLetters, cancellationToken);

    [Function("GetMessage")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "queues/{queue}/messages/{messageId}")] HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
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
        });

    [Function("GetMessageBody")]
    public Task<IResult> GetBodyAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "queues/{queue}/messages/{messageId}/body")] HttpRequest request,
        string queue,
        string messageId,
        CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            _ = new Query(request, faults);
            var id = MessageIds.Parse(messageId, "messageId", faults);
            if (faults.Any)
                return faults.ToResult();
            // It may come from a blob, and only the engine will know.
            RequestMemory.Room.Of(request).Hold(RequestMemory.Streamed);
            var outcome = await engine.OpenBodyAsync(name, id, cancellationToken);
            return outcome.TryGetValue(out var body, out var failure) ? new BodyResponse(body) : Problems.From(failure);
        });

    private Task<IResult> PeekAsync(HttpRequest request, string queue, MessageSource source, CancellationToken cancellationToken) =>
        MessagePages.AnswerAsync(
            api, request, queue, (name, maxMessages, continuation) => engine.PeekAsync(name, source, maxMessages, continuation, cancellationToken));

    /// <summary>A body as it was enqueued, streamed.</summary>
    private sealed class BodyResponse(OpenedBody body) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using (body)
            {
                var response = httpContext.Response;
                response.ContentType = body.ContentType;
                response.ContentLength = body.Length;
                // Whatever the producer sent is data: no browser is to take it for a page of this origin.
                response.Headers.XContentTypeOptions = "nosniff";
                response.Headers.ContentDisposition = "attachment";
                try
                {
                    await body.Content.CopyToAsync(response.Body, httpContext.RequestAborted);
                }
                catch (IOException) when (!httpContext.RequestAborted.IsCancellationRequested)
                {
                    // Storage failed half-way. The answer has begun, so only a broken connection tells that this is not all.
                    httpContext.Abort();
                }
            }
        }
    }
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
