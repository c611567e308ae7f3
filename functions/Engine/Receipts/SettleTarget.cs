using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Receipts;

/// <summary>What a receipt points at.</summary>
internal sealed record SettleTarget(MessageId Message, int Shard, string RowKey, int Slot, LeaseId Lease)
{
    /// <summary>Null for a receipt that this queue did not issue for this source.</summary>
    public static SettleTarget? Of(ReceiptCodec codec, string text, MessageSource source)
    {
        if (!codec.TryDecode(text, out var receipt) || receipt.Source != source || !MessageLocation.TryParse(receipt.Message, out var location))
            return null;
        return source == MessageSource.Live
            ? new SettleTarget(receipt.Message, location.Shard, location.Row.Key, location.Index, receipt.Lease)
            : new SettleTarget(receipt.Message, location.Shard, RowKeys.DeadLetter(location.Row.Key, location.Index), 0, receipt.Lease);
    }
}
