using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Keys;

/// <summary>
/// The row that holds the root secret: there from the first key on, for good. It changes, in the same transaction, with every key, so that
/// it alone need be read to find that none has changed.
/// </summary>
internal sealed record RootRow(byte[] Secret, ETag ETag)
{
    public const string Key = "r:root";

    private const string SecretColumn = "Secret";
    private const string ChangeColumn = "Change";

    /// <summary>The row; <see cref="StorageFaultException"/> for one that holds no secret: then no key is good.</summary>
    public static RootRow Read(TableEntity entity) =>
        entity.TryGetValue(SecretColumn, out var value) && value is byte[] { Length: KeyText.RootBytes } secret
            ? new RootRow(secret, entity.StoredETag())
            : throw new StorageFaultException(
                new StorageFault(FaultKind.Unavailable, 0, StorageFault.DefaultRetryAfter),
                new UnsupportedFormatException("The row of the root secret holds none.")
            );

    /// <summary>To be carried out with the first key.</summary>
    public static TableTransactionAction Insert(byte[] secret) =>
        new(
            TableTransactionActionType.Add,
            new TableEntity(KeyRecord.Partition, Key) { [SecretColumn] = secret, [ChangeColumn] = Guid.NewGuid() }
        );

    /// <summary>To be carried out with every later change of a key.</summary>
    public static TableTransactionAction Change() =>
        new(
            TableTransactionActionType.UpdateMerge,
            new TableEntity(KeyRecord.Partition, Key) { [ChangeColumn] = Guid.NewGuid() },
            // Whatever else has changed meanwhile: it is about the key that the transaction is conditional.
            ETag.All
        );

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(KeyText.RootBytes);
}
