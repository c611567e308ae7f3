using FuncQueue.Tests.Support;

namespace FuncQueue.Chaos.Inside;

/// <summary>Storage's limit of entities a second in one partition, which Azurite does not have. One process's share of it.</summary>
internal sealed class PartitionLimit(int entitiesPerSecond)
{
    private readonly Dictionary<(string Table, string Partition), (double Tokens, long At)> buckets = [];
    private readonly Lock gate = new();
    private long refused;

    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Whether the request is within the limit; what is refused costs nothing.</summary>
    public bool Admits(StorageRequest request)
    {
        // The registry is another table, and not what is tried here; blobs are not entities.
        if (
            request.IsBlob
            || request.Partition is not { } partition
            || (request.Table ?? request.Resource.Split('(')[0]) is not ['q', ..] table
        )
            return true;
        var cost = Math.Max(1, request.Operations.Count);
        lock (gate)
        {
            var now = TimeProvider.System.GetTimestamp();
            var (tokens, at) = buckets.TryGetValue((table, partition), out var bucket) ? bucket : (entitiesPerSecond, now);
            tokens = Math.Min(entitiesPerSecond, tokens + (TimeProvider.System.GetElapsedTime(at, now).TotalSeconds * entitiesPerSecond));
            var admitted = tokens >= Math.Min(cost, entitiesPerSecond);
            buckets[(table, partition)] = (admitted ? tokens - cost : tokens, now);
            if (!admitted)
                Interlocked.Increment(ref refused);
            return admitted;
        }
    }
}
