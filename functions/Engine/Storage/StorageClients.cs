using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// The clients of one storage account. Writes are never repeated by the SDK: whether a write whose answer was lost may be sent
/// again is the engine's decision. Reads are repeated.
/// </summary>
public sealed class StorageClients
{
    /// <param name="clock">The policy that the clients were made with, if their <c>Date</c> headers are to be watched.</param>
    public StorageClients(TableServiceClient reads, TableServiceClient writes, BlobServiceClient blobs, StorageClock clock)
    {
        Clock = clock;
        Reads = reads;
        Writes = writes;
        Blobs = blobs;
    }

    /// <summary>
    /// What tells the account from others: the address of its tables, without anything secret that may be in a connection string.
    /// </summary>
    public string Address => Reads.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/');

    public TableServiceClient Reads { get; }

    public TableServiceClient Writes { get; }

    public BlobServiceClient Blobs { get; }

    public StorageClock Clock { get; }

    /// <summary>One partition of a table of a queue or a topic.</summary>
    internal ShardTable ShardOf(string table, int shard, UnreadableRows unreadable) =>
        new(Reads.GetTableClient(table), Writes.GetTableClient(table), shard, unreadable);

    /// <summary>A partition of a topic's table that has a name instead of a number.</summary>
    internal ShardTable PartitionOf(string table, string key, UnreadableRows unreadable) =>
        new(Reads.GetTableClient(table), Writes.GetTableClient(table), -1, unreadable, key);

    /// <summary>Clients for a connection string; <paramref name="policies"/> see every request to storage as it is sent.</summary>
    public static StorageClients Connect(string connectionString, EngineOptions options, params IReadOnlyList<HttpPipelinePolicy> policies)
    {
        var clock = new StorageClock();
        IReadOnlyList<HttpPipelinePolicy> all = [clock, .. policies];
        return new StorageClients(
            new TableServiceClient(connectionString, Configure(new TableClientOptions(), options, all, retries: true)),
            new TableServiceClient(connectionString, Configure(new TableClientOptions(), options, all, retries: false)),
            new BlobServiceClient(connectionString, Configure(new BlobClientOptions(), options, all, retries: true)),
            clock
        );
    }

    /// <summary>The retries, time-outs and policies that the engine relies on; use it wherever clients are made.</summary>
    public static TOptions Configure<TOptions>(
        TOptions clientOptions,
        EngineOptions options,
        IReadOnlyList<HttpPipelinePolicy> policies,
        bool retries
    )
        where TOptions : ClientOptions
    {
        ArgumentNullException.ThrowIfNull(clientOptions);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(policies);
        clientOptions.Retry.MaxRetries = retries ? 3 : 0;
        clientOptions.Retry.Mode = RetryMode.Exponential;
        clientOptions.Retry.Delay = TimeSpan.FromMilliseconds(100);
        clientOptions.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        clientOptions.Retry.NetworkTimeout = options.StorageTimeout;
        clientOptions.Diagnostics.IsLoggingEnabled = false;
        clientOptions.Diagnostics.IsDistributedTracingEnabled = false;
        foreach (var policy in policies)
            clientOptions.AddPolicy(policy, HttpPipelinePosition.PerRetry);
        // Next to the transport, so that nothing of ours is taken for it.
        clientOptions.AddPolicy(new TransportFaults(), HttpPipelinePosition.PerRetry);
        return clientOptions;
    }
}
