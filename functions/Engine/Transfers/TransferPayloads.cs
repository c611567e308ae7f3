using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Transfers;

/// <summary>A payload in the shard that its message is to arrive in, and the row that accounts for it until then.</summary>
internal readonly record struct CopiedPayload(Guid Payload, ETag ETag);

/// <summary>The payloads of dead letters that are on their way to a shard of another queue.</summary>
internal sealed class TransferPayloads(EngineContext context, QueueRuntime source, QueueRuntime target, ShardRuntime to)
{
    /// <summary>
    /// What messages are to have in the target, by what they had; null: an upload is not accounted for any more. Throws as storage does.
    /// </summary>
    /// <param name="edit">As what the only one is to arrive; null: as what they are.</param>
    public async Task<Outcome<Dictionary<Guid, CopiedPayload>?>> TakeAsync(IReadOnlyList<BatchRow> moving, MessageEdit? edit)
    {
        if (edit is not { ReplacesBody: true })
            return await CopyAsync(moving);
        if (edit.Payload is not { } payload)
            return new Dictionary<Guid, CopiedPayload>();
        var entity = await to.Table.ReadEntityAsync(RowKeys.Upload(payload), null, CancellationToken.None);
        return entity is not null && PayloadRows.Read(entity) is { Condemned: false } row
            ? new Dictionary<Guid, CopiedPayload> { [payload] = new CopiedPayload(payload, row.ETag) }
            : (Dictionary<Guid, CopiedPayload>?)null;
    }

    /// <summary>Copies payloads; each is accounted for as an upload until the messages arrive.</summary>
    private async Task<Outcome<Dictionary<Guid, CopiedPayload>?>> CopyAsync(IReadOnlyList<BatchRow> moving)
    {
        var copies = new Dictionary<Guid, CopiedPayload>();
        foreach (var row in moving)
        {
            if (row.Index.Messages[0].Payload is not { } payload)
                continue;
            var copy = Guid.NewGuid();
            var announced = await to.Table.CommitAsync([
                new TableTransactionAction(
                    TableTransactionActionType.Add,
                    PayloadRows.Uploading(to.Table.Shard, copy, context.Now + context.Options.UploadTimeout)
                ),
            ]);
            if (announced is not Commit.Done(var etags))
                return ((Commit.Failed)announced).Fault.ToReadFailure();
            await using var body = await source.Payloads.OpenAsync(source.Table, row.Shard, payload, CancellationToken.None);
            // It was purged meanwhile; a sweep collects what was copied.
            if (body is null)
                return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
            await target.Payloads.UploadAsync(target.Table, to.Table.Shard, copy, body, CancellationToken.None);
            copies.Add(payload, new CopiedPayload(copy, etags[0]));
        }

        return copies;
    }
}
