using Azure.Data.Tables;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Keys;

/// <summary>Finds the deployment's <see cref="SigningIdentity"/>, or makes it. Thread-safe; one per process.</summary>
public sealed class SigningIdentities
{
    /// <summary>In the partition of keys.</summary>
    private const string RowKey = "r:notifications";

    private const string PrivateKeyColumn = "PrivateKey";
    private const string CertificateColumn = "Certificate";
    private const int MaxAttempts = 3;

    private readonly EngineContext context;
    private readonly RegistryTable table;
    private SigningIdentity? known;

    /// <param name="queues">The queues of the same process, whose storage, options and clock it shares.</param>
    public SigningIdentities(QueueEngine queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        context = queues.Context;
        table = new RegistryTable(queues.Accounts.First.Clients, context.Options.RegistryTable, KeyRecord.Partition);
    }

    public Task<Outcome<SigningIdentity>> GetAsync(CancellationToken cancellationToken) =>
        QueueCalls.GuardAsync<SigningIdentity>(async () => known ??= await ReadAsync(cancellationToken));

    private async Task<SigningIdentity> ReadAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (
                await table.ReadAsync(RowKey, cancellationToken) is { } row
                && row.GetBinary(PrivateKeyColumn) is { } privateKey
                && row.GetBinary(CertificateColumn) is { } certificate
            )
                return SigningIdentity.Load(privateKey, certificate);
            var made = SigningIdentity.Make(context.Now);
            // Whether it was this one or another's that was stored is seen by reading it.
            await table.CommitAsync(
                new TableTransactionAction(
                    TableTransactionActionType.Add,
                    new TableEntity(KeyRecord.Partition, RowKey)
                    {
                        [PrivateKeyColumn] = made.PrivateKey,
                        [CertificateColumn] = made.Certificate,
                    }
                )
            );
        }

        throw new StorageFaultException(
            new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter),
            new InvalidOperationException("No identity to sign with.")
        );
    }
}
