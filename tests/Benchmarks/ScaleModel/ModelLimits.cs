using Azure.Core;
using Azure.Core.Pipeline;
using FuncQueue.Tests.Support;

namespace FuncQueue.Benchmarks.ScaleModel;

/// <summary>
/// One storage account as Microsoft documents it, scaled down: at most so many entities a second in a partition and in the account,
/// 503 beyond, and some latency. Shared by all that use the account.
/// </summary>
/// <remarks>
/// Azure: 2,000 entities/s a partition, 20,000/s an account, of 1 KiB each (Scalability and performance targets for Table storage).
/// </remarks>
internal sealed class ModelLimits(double partitionPerSecond, double accountPerSecond, TimeSpan latency) : HttpPipelinePolicy
{
    private readonly Bucket account = new(accountPerSecond);
    private readonly Dictionary<string, Bucket> partitions = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private long entities;
    private long refused;

    /// <summary>Entities written or asked for, of requests that were let through.</summary>
    public long Entities => Interlocked.Read(ref entities);

    public long Refused => Interlocked.Read(ref refused);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The engine is asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await Task.Delay(latency, TimeProvider.System, message.CancellationToken);
        var request = new StorageRequest(message.Request);
        var cost = Math.Max(1, request.Operations.Count);
        if (Admits(request, cost))
        {
            Interlocked.Add(ref entities, cost);
            await ProcessNextAsync(message, pipeline);
            return;
        }

        Interlocked.Increment(ref refused);
        message.Response = new InventedResponse(503, "ServerBusy", message.Request.ClientRequestId);
    }

    private bool Admits(StorageRequest request, int cost)
    {
        lock (gate)
        {
            Bucket? partition = null;
            if (request.Partition is { } key && !partitions.TryGetValue(request.Table + key, out partition))
                partitions.Add(request.Table + key, partition = new Bucket(partitionPerSecond));
            if (!account.Has(cost) || partition?.Has(cost) == false)
                return false;
            account.Take(cost);
            partition?.Take(cost);
            return true;
        }
    }

    /// <summary>Fills evenly; holds what half a second brings, or one transaction.</summary>
    private sealed class Bucket(double perSecond)
    {
        private double level = Math.Max(perSecond / 2, 1);
        private long at = TimeProvider.System.GetTimestamp();

        public bool Has(int cost)
        {
            var now = TimeProvider.System.GetTimestamp();
            level = Math.Min(Math.Max(perSecond / 2, 1), level + (TimeProvider.System.GetElapsedTime(at, now).TotalSeconds * perSecond));
            at = now;
            // What is more than the bucket holds goes once it is full, and is paid for afterwards.
            return level >= Math.Min(cost, Math.Max(perSecond / 2, 1));
        }

        public void Take(int cost) => level -= cost;
    }
}
