using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Payloads;

/// <summary>
/// Uploads long bodies, each under a row that accounts for its blob until the row of the message does. The caller has said that it writes
/// to the shard.
/// </summary>
internal sealed class PayloadUploads(EngineContext context, PayloadStore payloads)
{
    /// <param name="shard">Where the message will be.</param>
    /// <param name="table">The name of that table.</param>
    /// <param name="body">Is asked for once the upload begins: until then nothing of it is used up.</param>
    /// <param name="hash">Is given the body's bytes; null: nobody asks for them.</param>
    public async Task<Outcome<PayloadUpload>> UploadAsync(
        ShardTable shard,
        string table,
        Func<Stream> body,
        IncrementalHash? hash,
        CancellationToken cancellationToken
    )
    {
        var payload = Guid.NewGuid();
        var announced = await shard.CommitAsync([
            new TableTransactionAction(
                TableTransactionActionType.Add,
                PayloadRows.Uploading(shard.Shard, payload, context.Now + context.Options.UploadTimeout)
            ),
        ]);
        if (announced is Commit.Failed(var fault))
            return fault.ToReadFailure();
        var etag = ((Commit.Done)announced).ETags[0];
        try
        {
            var hashed = hash is null ? body() : new HashingStream(body(), hash);
            var length = await payloads.UploadAsync(table, shard.Shard, payload, hashed, cancellationToken);
            return new PayloadUpload(payload, etag, length);
        }
        catch (Exception exception)
        {
            // The row stays: should this process stop here, or the delete fail, the sweep collects the blob.
            await payloads.TryDeleteAsync(table, shard.Shard, payload);
            switch (exception)
            {
                case BodyTooLargeException:
                    await shard.CommitAsync([shard.Delete(RowKeys.Upload(payload), etag)]);
                    return new Failure.MessageTooLarge();
                case StorageFaultException storage:
                    return storage.Fault.ToReadFailure();
                default:
                    throw;
            }
        }
    }
}

/// <summary>A finished upload: the payload, the ETag of the row that accounts for it, and its bytes.</summary>
internal sealed record PayloadUpload(Guid Payload, ETag ETag, long Length);
