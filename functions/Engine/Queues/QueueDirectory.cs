using System.Security.Cryptography;
using Azure.Data.Tables;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>The queues as this process knows them, and the key that signs their receipts.</summary>
internal sealed class QueueDirectory(EngineContext context, DataAccounts accounts, QueueRegistry registry)
    : KnownGenerations<QueueName, QueueRecord, QueueRuntime>(context, registry.Version)
{
    private volatile byte[]? signingKey;

    /// <summary>Answers the receivers that wait with nothing.</summary>
    public void AnswerWaiting()
    {
        foreach (var runtime in All)
        {
            runtime.Live.CompleteAll(Array.Empty<DeliveredMessage>());
            runtime.Dead.CompleteAll(Array.Empty<DeliveredMessage>());
        }
    }

    /// <summary>The table of one shard of a queue of which nothing need be known for long.</summary>
    public ShardTable TableOf(QueueRecord record, int shard) =>
        accounts.Find(record.Place.Account).Clients.ShardOf(record.Table, shard, Context.Unreadable);

    /// <summary>Takes in a record that this process has just read or written.</summary>
    public Task<QueueRuntime> LearnAsync(QueueRecord record) => LearnAsync(record, Context.Time.GetTimestamp());

    /// <summary>Takes in a record that this process has read, at <paramref name="readAt"/> or later.</summary>
    public Task<QueueRuntime> LearnAsync(QueueRecord record, long readAt) => LearnAsync(record, readAt, before: null);

    /// <summary>The key that signs receipts and tokens: made by the first process, the same for all, kept for good.</summary>
    public async Task<byte[]> SigningKeyAsync()
    {
        if (signingKey is { } cached)
            return cached;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (
                await registry.Table.ReadAsync(RegistryKeys.SigningKey, CancellationToken.None) is { } row
                && row.GetBinary("Key") is { Length: ReceiptCodec.KeyBytes } key
            )
                return signingKey = key;
            await registry.Table.CommitAsync(
                new TableTransactionAction(
                    TableTransactionActionType.Add,
                    new TableEntity(RegistryKeys.Partition, RegistryKeys.SigningKey)
                    {
                        ["Key"] = RandomNumberGenerator.GetBytes(ReceiptCodec.KeyBytes),
                    }
                )
            );
        }

        throw new StorageFaultException(
            new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter),
            new InvalidOperationException("No signing key.")
        );
    }

    protected override async Task<QueueRuntime> LearnAsync(QueueRecord record, long readAt, string? before)
    {
        await SigningKeyAsync();
        return Take(record, readAt, before);
    }

    protected override Task<QueueRecord?> ReadRecordAsync(QueueName name, CancellationToken cancellationToken) =>
        registry.ReadAsync(name, cancellationToken);

    protected override QueueRuntime Make(QueueRecord record) =>
        new(Context, accounts.Find(record.Place.Account), registry, record, signingKey, () => ConfirmAsync(record.Name));

    /// <summary>Receivers that wait are told.</summary>
    protected override void Gone(QueueRuntime runtime)
    {
        Context.Metrics.Forget(runtime.Name);
        runtime.Live.CompleteAll(new Failure.QueueGone());
        runtime.Dead.CompleteAll(new Failure.QueueGone());
    }

    protected override void Tidy(QueueRuntime runtime)
    {
        foreach (var shard in runtime.Shards)
            shard.ForgetUnattended();
    }
}
