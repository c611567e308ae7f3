using System.Collections.Concurrent;
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using FuncQueue.Tests.Support;

namespace FuncQueue.Chaos.Inside;

/// <summary>Storage going wrong for one process, as the orders say.</summary>
internal sealed class FaultPolicy(string? connectionString) : HttpPipelinePolicy
{
    // Below what the run sets as the engine's time-out, so that a slow answer is one that comes.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1.5);

    /// <summary>Requests whose senders have given up arrive within this time.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(3);

    private static readonly StorageFaultKind[] Lost =
    [
        StorageFaultKind.LostRequest,
        StorageFaultKind.LostAnswer,
        StorageFaultKind.LateArrival,
    ];

    private readonly ConcurrentDictionary<StorageFaultKind, long> met = new();
    private readonly Lock gate = new();
    private readonly TableServiceClient? other = connectionString is null ? null : new TableServiceClient(connectionString);
    private Storm? storm;
    private Random random = new(0);
    private long began;
    private long requests;
    private long refusedBefore;
    private PartitionLimit? limit;
    private (string Table, int Left) row;

    public FaultReport Report() =>
        new()
        {
            Faults = new Dictionary<StorageFaultKind, long>(met),
            Requests = Interlocked.Read(ref requests),
            OverTheLimit = Interlocked.Read(ref refusedBefore) + (limit?.Refused ?? 0),
        };

    public void Begin(Storm next)
    {
        lock (gate)
        {
            storm = next.Probability > 0 ? next : null;
            random = new Random(next.Seed);
            began = TimeProvider.System.GetTimestamp();
        }
    }

    public void Limit(int entitiesPerSecond)
    {
        Interlocked.Add(ref refusedBefore, limit?.Refused ?? 0);
        limit = entitiesPerSecond == 0 ? null : new PartitionLimit(entitiesPerSecond);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The engine is asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref requests);
        if (limit is { } partitions && !partitions.Admits(new StorageRequest(message.Request)))
        {
            message.Response = new InventedResponse(503, "ServerBusy", message.Request.ClientRequestId, retryAfterSeconds: 1);
            return;
        }

        if (Draw(message) is not var (kind, chance))
        {
            await ProcessNextAsync(message, pipeline);
            return;
        }

        met.AddOrUpdate(kind, 1, (_, n) => n + 1);
        switch (kind)
        {
            case StorageFaultKind.Throttled:
                message.Response = new InventedResponse(503, "ServerBusy", message.Request.ClientRequestId, retryAfterSeconds: 1);
                break;
            case StorageFaultKind.ThrottledAfter:
                await ProcessNextAsync(message, pipeline);
                message.Response = new InventedResponse(503, "ServerBusy", message.Request.ClientRequestId, retryAfterSeconds: 1);
                break;
            case StorageFaultKind.ErrorBefore:
                message.Response = new InventedResponse(500, "InternalError", message.Request.ClientRequestId);
                break;
            case StorageFaultKind.ErrorAfter:
                await ProcessNextAsync(message, pipeline);
                message.Response = new InventedResponse(500, "InternalError", message.Request.ClientRequestId);
                break;
            case StorageFaultKind.LostRequest:
                await WaitAsync(Slow * chance, message.CancellationToken);
                throw new TaskCanceledException("The request timed out.");
            case StorageFaultKind.LostAnswer:
                await ProcessNextAsync(message, pipeline);
                await WaitAsync(Slow * chance, message.CancellationToken);
                throw new IOException("The connection was closed before the answer came.");
            case StorageFaultKind.LateArrival:
                _ = LateDelivery.SendAsync(message.Request, Late * chance);
                throw new TaskCanceledException("The request timed out.");
            case StorageFaultKind.Refused:
                throw new HttpRequestException("Connection refused.", new SocketException((int)SocketError.ConnectionRefused));
            case StorageFaultKind.SlowRequest:
                await WaitAsync(Slow * chance, message.CancellationToken);
                await ProcessNextAsync(message, pipeline);
                break;
            case StorageFaultKind.SlowAnswer:
                await ProcessNextAsync(message, pipeline);
                await WaitAsync(Slow * chance, message.CancellationToken);
                break;
            case StorageFaultKind.Contended:
                await TouchAsync(new StorageRequest(message.Request));
                await ProcessNextAsync(message, pipeline);
                break;
        }
    }

    /// <summary>What befalls the next request, and a number from 0 to 1 that says how badly; null: nothing.</summary>
    private (StorageFaultKind Kind, double Chance)? Draw(HttpMessage message)
    {
        lock (gate)
        {
            if (storm is null || TimeProvider.System.GetElapsedTime(began).TotalSeconds > storm.Seconds)
                return null;
            if (row.Left > 0 && Written(message) == row.Table)
                return NextOfRow();
            if (random.NextDouble() >= storm.Probability)
                return null;
            var kind = storm.Kinds[random.Next(storm.Kinds.Count)];
            if (kind != StorageFaultKind.LostInARow)
                return (kind, random.NextDouble());
            if (Written(message) is not { } table)
                return null;
            met.AddOrUpdate(kind, 1, (_, n) => n + 1);
            row = (table, random.Next(2, 6));
            return NextOfRow();
        }

        (StorageFaultKind, double) NextOfRow()
        {
            row.Left--;
            // Soon, so that all of them fall into one call.
            return (Lost[random.Next(Lost.Length)], random.NextDouble() / 10);
        }
    }

    /// <summary>The table that is written to; null: none.</summary>
    private static string? Written(HttpMessage message) =>
        new StorageRequest(message.Request) is { IsTableWrite: true } request ? request.Table : null;

    private static Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        Task.Delay(time, TimeProvider.System, cancellationToken);

    /// <summary>Changes the rows that a write is about to change, in nothing but their ETags.</summary>
    private async Task TouchAsync(StorageRequest request)
    {
        if (other is null || request.Table is not { } table || request.Partition is not { } partition)
            return;
        // Messages and cursors; in a topic, heads.
        var kinds = table.StartsWith('t') ? "h" : "msdf";
        foreach (var key in request.Operations.Where(o => o.IsChange && o.IsOn(kinds)).Select(o => o.RowKey).Take(3))
        {
            try
            {
                await other.GetTableClient(table).UpdateEntityAsync(new TableEntity(partition, key), ETag.All, TableUpdateMode.Merge);
            }
            catch (RequestFailedException)
            {
                // Gone already.
            }
        }
    }
}
