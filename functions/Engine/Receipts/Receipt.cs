using Azure;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Receipts;

/// <summary>What a receipt says: which message, which lease, and until when the lease was given (extensions are not in it).</summary>
/// <param name="LoneRow">
/// Where the row has this message only, and no payload: its ETag once the lease was written, which with the rest is enough to ack by in any
/// process, without a read. Null elsewhere.
/// </param>
internal readonly record struct Receipt(
    MessageSource Source,
    MessageId Message,
    LeaseId Lease,
    DateTimeOffset LeasedUntil,
    ETag? LoneRow = null
);
