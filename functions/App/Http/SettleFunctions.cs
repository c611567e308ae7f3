using System.Text.Json;
using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>Acknowledging and the other ways to end or keep a lease, of messages and of dead letters.</summary>
public sealed class SettleFunctions(QueueEngine engine, Api api)
{
    [Function("Ack")]
    public Task<IResult> AckAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/messages/ack")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Receive, queue, MessageSource.Live, Ack, [], cancellationToken);

    [Function("Nack")]
    public Task<IResult> NackAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/messages/nack")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Receive, queue, MessageSource.Live, Nack, ["delaySeconds", "reason"], cancellationToken);

    [Function("Release")]
    public Task<IResult> ReleaseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/messages/release")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Receive, queue, MessageSource.Live, Release, [], cancellationToken);

    [Function("Extend")]
    public Task<IResult> ExtendAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/messages/extend")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Receive, queue, MessageSource.Live, Extend, ["visibilityTimeoutSeconds"], cancellationToken);

    [Function("DeadLetter")]
    public Task<IResult> DeadLetterAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/messages/deadletter")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Receive, queue, MessageSource.Live, DeadLetter, ["reason"], cancellationToken);

    [Function("AckDeadLetters")]
    public Task<IResult> AckDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/deadletter/ack")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Redrive, queue, MessageSource.DeadLetters, Ack, [], cancellationToken);

    [Function("NackDeadLetters")]
    public Task<IResult> NackDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/deadletter/nack")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Redrive, queue, MessageSource.DeadLetters, Nack, ["delaySeconds", "reason"], cancellationToken);

    [Function("ExtendDeadLetters")]
    public Task<IResult> ExtendDeadLettersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "queues/{queue}/deadletter/extend")] HttpRequest request,
        string queue,
        CancellationToken cancellationToken
    ) => RunAsync(request, Rights.Redrive, queue, MessageSource.DeadLetters, Extend, ["visibilityTimeoutSeconds"], cancellationToken);

    private static Settlement Ack(JsonMembers own, JsonMembers all) => new Settlement.Ack();

    private static Settlement Nack(JsonMembers own, JsonMembers all) =>
        new Settlement.Nack(own.Has("delaySeconds") ? own.Seconds("delaySeconds") : all.Seconds("delaySeconds"), Reason(own, all));

    private static Settlement Release(JsonMembers own, JsonMembers all) => new Settlement.Release();

    private static Settlement Extend(JsonMembers own, JsonMembers all) =>
        new Settlement.Extend(
            own.Has("visibilityTimeoutSeconds") ? own.Seconds("visibilityTimeoutSeconds") : all.Seconds("visibilityTimeoutSeconds")
        );

    private static Settlement DeadLetter(JsonMembers own, JsonMembers all) => new Settlement.DeadLetter(Reason(own, all));

    private static string? Reason(JsonMembers own, JsonMembers all) => own.Has("reason") ? own.Text("reason") : all.Text("reason");

    /// <param name="read">Makes the settlement of a receipt by the members of its own, and by those for all.</param>
    private Task<IResult> RunAsync(
        HttpRequest request,
        Rights right,
        string queue,
        MessageSource source,
        Func<JsonMembers, JsonMembers, Settlement> read,
        string[] more,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            right,
            queue,
            async (name, faults) =>
            {
                _ = new Query(request, faults);
                using var document = await JsonBody.ReadAsync(request, faults, required: true, JsonBody.DefaultLimit, cancellationToken);
                if (document is null)
                    return faults.ToResult();
                var members = new JsonMembers(document.RootElement, faults, "", ["receipts", .. more]);
                var forAll = read(members, members);
                faults.AddRange(RequestRules.Check(forAll));
                // What is wrong for all is told once.
                var settlements = ReadReceipts(members, more, faults.Any ? _ => forAll : own => read(own, members), forAll, faults);
                if (faults.Any)
                    return faults.ToResult();
                return Answers.Of(await engine.SettleAsync(name, source, settlements, cancellationToken), Answer);
            },
            cancellationToken
        );

    /// <summary>The receipts: strings, or objects of a receipt and what holds for it alone.</summary>
    private static List<ReceiptSettlement> ReadReceipts(
        JsonMembers members,
        string[] more,
        Func<JsonMembers, Settlement> read,
        Settlement forAll,
        Faults faults
    )
    {
        var settlements = new List<ReceiptSettlement>();
        foreach (var (i, element) in (members.List("receipts", Limits.MaxBatchSize) ?? []).Index())
        {
            var path = $"receipts[{i}]";
            if (element.ValueKind == JsonValueKind.String)
            {
                // A string that no receipt can be is a malformed receipt, told in its place among the results.
                settlements.Add(new(members.Text(path, element) ?? "", forAll));
            }
            else if (element.ValueKind == JsonValueKind.Object && more.Length > 0)
            {
                var own = new JsonMembers(element, faults, path + ".", ["receipt", .. more]);
                var settlement = read(own);
                foreach (var fault in RequestRules.Check(settlement))
                    own.Fault(fault.Field, fault.Detail);
                if (!own.Has("receipt"))
                    own.Fault("receipt", "Is needed.");
                settlements.Add(new(own.Text("receipt") ?? "", settlement));
            }
            else
            {
                members.Fault(path, more.Length > 0 ? "Must be a string, or an object with a receipt." : "Must be a string.");
            }
        }

        return settlements;
    }

    private static JsonResponse Answer(IReadOnlyList<Settled> results) =>
        new(
            StatusCodes.Status200OK,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("results");
                foreach (var result in results)
                {
                    writer.WriteStartObject();
                    writer.WriteString(
                        "status",
                        result.Status switch
                        {
                            SettleStatus.Ok => "ok",
                            SettleStatus.LeaseLost => "lease-lost",
                            _ => "malformed-receipt",
                        }
                    );
                    if (result.VisibleAt is { } visibleAt)
                        writer.WriteString("visibleAt", Instants.Format(visibleAt));
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }
        );
}
