using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Receipts;

/// <summary>What a receipt says: which message, which lease, and until when the lease was given (extensions are not in it).</summary>
internal readonly record struct Receipt(MessageSource Source, MessageId Message, LeaseId Lease, DateTimeOffset LeasedUntil);
