using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Receipts;

/// <summary>What a receipt points at.</summary>
internal sealed record SettleTarget(MessageId Message, int Shard, string RowKey, int Slot, LeaseId Lease)
{
    /// <summary>The row as the lease left it, as far as an ack of its only message needs it; null: the receipt does not say.</summary>
    public BatchRow? AsLeased { get; private init; }

    /// <summary>Null for a receipt that this queue did not issue for this source.</summary>
    public static SettleTarget? Of(ReceiptCodec codec, string text, MessageSource source)
    {
        if (
            !codec.TryDecode(text, out var receipt)
            || receipt.Source != source
            || !MessageLocation.TryParse(receipt.Message, out var location)
        )
            return null;
        return source == MessageSource.Live
            ? new SettleTarget(receipt.Message, location.Shard, location.Row.Key, location.Index, receipt.Lease)
            {
                AsLeased = receipt.LoneRow is { } etag ? RowOf(receipt, location, etag) : null,
            }
            : new SettleTarget(receipt.Message, location.Shard, RowKeys.DeadLetter(location.Row.Key, location.Index), 0, receipt.Lease);
    }

    private static BatchRow RowOf(Receipt receipt, MessageLocation location, ETag etag) =>
        new()
        {
            Shard = location.Shard,
            Key = location.Row.Key,
            Birth = location.Row,
            FirstIndex = 0,
            ETag = etag,
            State = [new MessageState(SlotStatus.Leased, receipt.LeasedUntil, 0, receipt.Lease)],
            Index = new RowIndex(default, [new MessageIndex(GroupHash.None, null, 0, 0, null)]),
            Data = null,
        };
}
