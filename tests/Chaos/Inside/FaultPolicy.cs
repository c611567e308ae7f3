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
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<StorageFaultKind, long> met = new();
    private readonly Lock gate = new();
    private readonly TableServiceClient? other = connectionString is null ? null : new TableServiceClient(connectionString);
    private Storm? storm;
    private Random random = new(0);
    private long began;
    private long requests;
    private long refusedBefore;
    private PartitionLimit? limit;

    public FaultReport Report() => new()
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

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("The engine is asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref requests);
        if (limit is { } partitions && !partitions.Admits(new StorageRequest(message.Request)))
        {
            message.Response = new InventedResponse(503, "ServerBusy", message.Request.ClientRequestId, retryAfterSeconds: 1);
            return;
        }

        if (Draw() is not var (kind, chance))
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
    private (StorageFaultKind Kind, double Chance)? Draw()
    {
        lock (gate)
        {
            if (storm is null || TimeProvider.System.GetElapsedTime(began).TotalSeconds > storm.Seconds)
                return null;
            return random.NextDouble() < storm.Probability ? (storm.Kinds[random.Next(storm.Kinds.Count)], random.NextDouble()) : null;
        }
    }

    private static Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, TimeProvider.System, cancellationToken);

    /// <summary>Changes the rows that a write is about to change, in nothing but their ETags.</summary>
    private async Task TouchAsync(StorageRequest request)
    {
        if (other is null || !request.ChangesMessages || request.Table is not { } table || request.Partition is not { } partition)
            return;
        foreach (var key in request.Operations.Where(o => o.IsChange && o.IsOn("msd")).Select(o => o.RowKey).Take(3))
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
