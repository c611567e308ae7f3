using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// Copies payloads of a topic to those who subscribe. Each copy is accounted for there as an upload until its message
/// arrives.
/// </summary>
internal sealed class PayloadCopies(EngineContext context, PayloadStore store, string topicTable) : IDisposable
{
    /// <summary>Most that are copied at a time.</summary>
    public const int Parallel = 4;

    private readonly SemaphoreSlim turns = new(Parallel);

    /// <summary>Copies a payload; its copy, or null when it is gone.</summary>
    public async Task<Outcome<(Guid Payload, ETag ETag)?>> CopyAsync(PayloadHome home, int partition, Guid payload)
    {
        await turns.WaitAsync();
        try
        {
            if (await home.Activity.EnsureAsync() is { } unmarked)
                return unmarked;
            var copy = Guid.NewGuid();
            var announced = await home.Into.CommitAsync([
                new TableTransactionAction(
                    TableTransactionActionType.Add,
                    PayloadRows.Uploading(home.Into.Shard, copy, context.Now + context.Options.UploadTimeout)
                ),
            ]);
            if (announced is Commit.Failed(var fault))
                return fault.ToReadFailure();
            var etag = ((Commit.Done)announced).ETags[0];
            var isThere = await home.Payloads.CopyAsync(
                store,
                new PayloadPlace(topicTable, partition, payload),
                new PayloadPlace(home.Table, home.Into.Shard, copy),
                CancellationToken.None
            );
            if (isThere)
                return ((Guid, ETag)?)(copy, etag);
            await home.Into.CommitAsync([home.Into.Delete(RowKeys.Upload(copy), etag)]);
            return ((Guid, ETag)?)null;
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose() => turns.Dispose();
}
