namespace FuncQueue.Benchmarks.Contenders;

/// <summary>A message as a contender handed it out; the handle is what its acknowledgement wants.</summary>
internal sealed record Taken(object Handle);

/// <summary>A message queue, seen as each of them can be: one client in one process. Thread-safe.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>Makes a queue, empty.</summary>
    Task CreateAsync(string queue);

    /// <summary>Completes when the message is durable, as far as the contender has that.</summary>
    Task EnqueueAsync(string queue, ReadOnlyMemory<byte> body, string? group);

    /// <summary>Several at once, where there is a call for that.</summary>
    Task EnqueueBatchAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> bodies);

    /// <summary>Up to so many messages; none after a while without any.</summary>
    Task<IReadOnlyList<Taken>> DequeueAsync(string queue, int most, CancellationToken cancellationToken);

    /// <summary>Completes when the message will not come again.</summary>
    Task AckAsync(string queue, Taken message);

    /// <summary>What it has asked storage for so far, or a server over HTTP.</summary>
    StorageUse Use => default;
}

/// <summary>Requests to storage, those of them that write, and writes refused because another process wrote first.</summary>
internal readonly record struct StorageUse(long Requests, long Writes, long Conflicts)
{
    public static StorageUse operator -(StorageUse a, StorageUse b) =>
        new(a.Requests - b.Requests, a.Writes - b.Writes, a.Conflicts - b.Conflicts);
}
