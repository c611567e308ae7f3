using FuncQueue.Client.Json;
using FuncQueue.Client.Telemetry;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Receiving;

/// <summary>What is done to leases of one queue: concurrent calls travel together, up to 100 in a request.</summary>
internal sealed class SettleCalls
{
    private const int MaxReceipts = 100;
    private const int MaxUnderWay = 4;

    private static readonly string[] Verbs = ["ack", "nack", "extend", "deadletter", "release"];

    private readonly string queue;
    private readonly string path;
    private readonly HttpTransport transport;
    private readonly Dictionary<string, Coalescer<Settlement, Settled>> verbs;

    /// <param name="queue">The queue.</param>
    /// <param name="source"><c>messages</c> or <c>deadletter</c>.</param>
    /// <param name="transport">Sends.</param>
    public SettleCalls(string queue, string source, HttpTransport transport)
    {
        (this.queue, this.transport) = (queue, transport);
        path = $"queues/{Uri.EscapeDataString(queue)}/{source}/";
        verbs = Verbs.ToDictionary(verb => verb, Of);
    }

    public Task<Settled> AckAsync(string receipt, CancellationToken cancellationToken) =>
        AddAsync("ack", new Settlement(receipt), cancellationToken);

    public Task<Settled> NackAsync(string receipt, TimeSpan? delay, string? reason, CancellationToken cancellationToken) =>
        AddAsync("nack", new Settlement(receipt, delay, reason), cancellationToken);

    public Task<Settled> DeadLetterAsync(string receipt, string? reason, CancellationToken cancellationToken) =>
        AddAsync("deadletter", new Settlement(receipt, Reason: reason), cancellationToken);

    public Task<Settled> ExtendAsync(string receipt, TimeSpan lease, CancellationToken cancellationToken) =>
        AddAsync("extend", new Settlement(receipt, Lease: lease), cancellationToken);

    public Task<Settled> ReleaseAsync(string receipt, CancellationToken cancellationToken) =>
        AddAsync("release", new Settlement(receipt), cancellationToken);

    /// <summary>Extends several in one request, up to 100.</summary>
    public Task<IReadOnlyList<Settled>> ExtendAsync(IReadOnlyList<string> receipts, TimeSpan lease, CancellationToken cancellationToken) =>
        RequestAsync("extend", [.. receipts.Select(receipt => new Settlement(receipt, Lease: lease))], cancellationToken);

    public Task WhenIdleAsync() => Task.WhenAll(verbs.Values.Select(verb => verb.WhenIdleAsync()));

    private Task<Settled> AddAsync(string verb, Settlement settlement, CancellationToken cancellationToken) =>
        verbs[verb].AddAsync(settlement, 0, cancellationToken);

    private Coalescer<Settlement, Settled> Of(string verb) =>
        new(
            MaxReceipts,
            long.MaxValue,
            MaxUnderWay,
            async batch =>
            {
                var results = await RequestAsync(verb, [.. batch.Select(entry => entry.Item)], CancellationToken.None);
                foreach (var (entry, result) in batch.Zip(results))
                    entry.Complete(result);
            }
        );

    private async Task<IReadOnlyList<Settled>> RequestAsync(
        string verb,
        IReadOnlyList<Settlement> settlements,
        CancellationToken cancellationToken
    )
    {
        var began = transport.Now;
        using var span = ClientTelemetry.StartRequest(verb, queue, settlements.Count, []);
        FuncQueueErrorReason? failed = null;
        try
        {
            // A repeat is answered lease-lost where the first one had its effect, and has none itself.
            var call = Call.Post(path + verb, Repetition.Always, Call.Json(writer => Settlement.Write(writer, settlements)));
            var answer = await transport.SendAsync(call, WireJson.Default.WireAnswersWireSettled, cancellationToken);
            return
            [
                .. answer.Value.Results.Select(result => new Settled(Status(result.Status, verb, answer.AfterUncertain), answer.SentAt)),
            ];
        }
        catch (FuncQueueException failure)
        {
            failed = failure.Reason;
            throw;
        }
        finally
        {
            ClientTelemetry.Ended(span, verb, queue, transport.Now - began, failed);
        }
    }

    private static SettleStatus Status(string status, string verb, bool afterUncertain) =>
        status switch
        {
            "ok" => SettleStatus.Ok,
            "malformed-receipt" => SettleStatus.MalformedReceipt,
            // An extended lease is still there for a repeat; whatever else ends a lease may have been the lost request itself.
            _ => afterUncertain && verb != "extend" ? SettleStatus.OutcomeUnknown : SettleStatus.LeaseLost,
        };
}

/// <param name="Status">What became of it.</param>
/// <param name="SentAt">When the request was sent, on our clock: an extended lease lasts from then at the least.</param>
internal readonly record struct Settled(SettleStatus Status, TimeSpan SentAt);
