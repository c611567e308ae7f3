using Azure.Data.Tables;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Queues;

/// <summary>A dead letter that is to be live again in its own shard, as another message.</summary>
/// <param name="Upload">Its new body, if that is a payload.</param>
internal sealed record Resubmitted(MessageEdit Edit, PayloadUpload? Upload)
{
    /// <summary>What goes with it in one transaction: the new payload is the message's own, and the old one nobody's.</summary>
    public IEnumerable<TableTransactionAction> PayloadsOf(BatchRow dead, ShardTable table, DateTimeOffset now)
    {
        if (Upload is { } upload)
            yield return table.Delete(RowKeys.Upload(upload.Payload), upload.ETag);
        if (Edit.ReplacesBody && dead.Index.Messages[0].Payload is { } old)
            yield return PayloadRows.Condemn(table.Shard, old, now);
    }
}
