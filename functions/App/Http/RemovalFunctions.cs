using System.Text.Json;
using FuncQueue.Engine;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Purging, and making dead letters live again.</summary>
public sealed class RemovalFunctions(QueueEngine engine, Api api)
{
    [Function("Purge")]
    public Task<IResult> PurgeAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/purge")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        PurgeAsync(request, queue, MessageSource.Live, cancellationToken);

    [Function("PurgeDeadLetters")]
    public Task<IResult> PurgeDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/deadletter/purge")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        PurgeAsync(request, queue, MessageSource.DeadLetters, cancellationToken);

    [Function("Redrive")]
    public Task<IResult> RedriveAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/deadletter/redrive")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            _ = new Query(request, faults);
            using var document = await JsonBody.ReadAsync(request, faults, required: false, JsonBody.DefaultLimit, cancellationToken);
            var redrive = document is null ? new RedriveRequest() : Read(document.RootElement, faults);
            if (faults.Any)
                return faults.ToResult();
            var outcome = await engine.RedriveAsync(name, redrive, cancellationToken);
            return outcome.TryGetValue(out var redriven, out var failure)
                ? new JsonResponse(StatusCodes.Status200OK, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("moved", redriven.Moved);
                    writer.WriteNumber("remaining", redriven.Remaining);
                    writer.WriteEndObject();
                })
                : Problems.From(failure);
        });

    private static RedriveRequest Read(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(root, faults, "", "messageIds", "maxMessages", "to");
        QueueName? to = null;
        if (members.Has("to") && !QueueName.TryParse(members.Text("to"), out to))
            members.Fault("to", "Is no queue's name.");
        var maxMessages = members.Number("maxMessages");
        if (maxMessages < 1)
            members.Fault("maxMessages", "Must be 1 or more.");
        List<MessageId>? ids = null;
        if (members.Has("messageIds"))
        {
            ids = [];
            foreach (var (i, element) in (members.List("messageIds", Limits.MaxBatchSize) ?? []).Index())
                ids.Add(MessageIds.Parse(element.ValueKind == JsonValueKind.String ? members.Text($"messageIds[{i}]", element) ?? "" : "", $"messageIds[{i}]", faults));
        }

        return new RedriveRequest { MessageIds = ids, MaxMessages = maxMessages, To = to };
    }

    private Task<IResult> PurgeAsync(HttpRequest request, string queue, MessageSource source, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            _ = new Query(request, faults);
            await JsonBody.ReadNothingAsync(request, faults, cancellationToken);
            if (faults.Any)
                return faults.ToResult();
            var outcome = await engine.PurgeAsync(name, source, cancellationToken);
            return outcome.TryGetValue(out var purged, out var failure)
                ? new JsonResponse(StatusCodes.Status200OK, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("purged", purged.Count);
                    writer.WriteBoolean("complete", purged.Complete);
                    writer.WriteEndObject();
                })
                : Problems.From(failure);
        });
}
