using System.Text.Json;
using FuncQueue.Engine;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Acknowledging and the other ways to end or keep a lease, of messages and of dead letters.</summary>
public sealed class SettleFunctions(QueueEngine engine, Api api)
{
    [Function("Ack")]
    public Task<IResult> AckAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/messages/ack")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.Live, Ack, [], cancellationToken);

    [Function("Nack")]
    public Task<IResult> NackAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/messages/nack")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.Live, Nack, ["delaySeconds", "reason"], cancellationToken);

    [Function("Extend")]
    public Task<IResult> ExtendAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/messages/extend")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.Live, Extend, ["visibilityTimeoutSeconds"], cancellationToken);

    [Function("DeadLetter")]
    public Task<IResult> DeadLetterAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/messages/deadletter")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.Live, m => new Settlement.DeadLetter(m.Text("reason")), ["reason"], cancellationToken);

    [Function("AckDeadLetters")]
    public Task<IResult> AckDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/deadletter/ack")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.DeadLetters, Ack, [], cancellationToken);

    [Function("NackDeadLetters")]
    public Task<IResult> NackDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/deadletter/nack")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.DeadLetters, Nack, ["delaySeconds", "reason"], cancellationToken);

    [Function("ExtendDeadLetters")]
    public Task<IResult> ExtendDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "queues/{queue}/deadletter/extend")] HttpRequest request, string queue, CancellationToken cancellationToken) =>
        RunAsync(request, queue, MessageSource.DeadLetters, Extend, ["visibilityTimeoutSeconds"], cancellationToken);

    private static Settlement Ack(JsonMembers members) => new Settlement.Ack();

    private static Settlement Nack(JsonMembers members) => new Settlement.Nack(members.Seconds("delaySeconds"), members.Text("reason"));

    private static Settlement Extend(JsonMembers members) => new Settlement.Extend(members.Seconds("visibilityTimeoutSeconds"));

    private Task<IResult> RunAsync(
        HttpRequest request, string queue, MessageSource source, Func<JsonMembers, Settlement> read, string[] more, CancellationToken cancellationToken) =>
        api.RunAsync(request, queue, async (name, faults) =>
        {
            _ = new Query(request, faults);
            using var document = await JsonBody.ReadAsync(request, faults, required: true, JsonBody.DefaultLimit, cancellationToken);
            if (document is null)
                return faults.ToResult();
            var members = new JsonMembers(document.RootElement, faults, "", ["receipts", .. more]);
            var receipts = ReadReceipts(members);
            var settlement = read(members);
            faults.AddRange(RequestRules.Check(settlement));
            if (faults.Any)
                return faults.ToResult();
            var outcome = await engine.SettleAsync(name, source, settlement, receipts, cancellationToken);
            return outcome.TryGetValue(out var results, out var failure) ? Answer(results) : Problems.From(failure);
        });

    private static List<string> ReadReceipts(JsonMembers members)
    {
        var receipts = new List<string>();
        foreach (var (i, element) in (members.List("receipts", Limits.MaxBatchSize) ?? []).Index())
        {
            // A string that no receipt can be is a malformed receipt, told in its place among the results.
            if (element.ValueKind == JsonValueKind.String)
                receipts.Add(members.Text($"receipts[{i}]", element) ?? "");
            else
                members.Fault($"receipts[{i}]", "Must be a string.");
        }

        return receipts;
    }

    private static JsonResponse Answer(IReadOnlyList<Settled> results) => new(StatusCodes.Status200OK, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("results");
        foreach (var result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("status", result.Status switch
            {
                SettleStatus.Ok => "ok",
                SettleStatus.LeaseLost => "lease-lost",
                _ => "malformed-receipt",
            });
            if (result.VisibleAt is { } visibleAt)
                writer.WriteString("visibleAt", Instants.Format(visibleAt));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
