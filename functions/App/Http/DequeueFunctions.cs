using FuncQueue.Engine;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Receiving messages, and dead letters.</summary>
public sealed class DequeueFunctions(QueueEngine engine, Api api)
{
    [Function("Dequeue")]
    public Task<IResult> DequeueAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/messages/dequeue")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.Live, cancellationToken);

    [Function("DequeueDeadLetters")]
    public Task<IResult> DequeueDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/deadletter/dequeue")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.DeadLetters, cancellationToken);

    private Task<IResult> RunAsync(HttpRequest request, string queue, MessageSource source, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
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
            var outcome = await engine.DequeueAsync(name, source, dequeue, cancellationToken);
            if (!outcome.TryGetValue(out var messages, out var failure))
                return Problems.From(failure);
            var url = MessageJson.QueueUrl(request, name);
            return new JsonResponse(StatusCodes.Status200OK, writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("messages");
                foreach (var delivered in messages)
                    MessageJson.Write(writer, delivered.Message, url, delivered.Receipt);
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
        });
}
