using System.Globalization;

namespace FuncQueue.Client.Json;

/// <summary>Values as the HTTP API writes them.</summary>
internal static class Wire
{
    public static decimal Seconds(TimeSpan time) => decimal.Round((decimal)time.Ticks / TimeSpan.TicksPerSecond, 3);

    public static string Text(TimeSpan time) => Seconds(time).ToString("0.###", CultureInfo.InvariantCulture);

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static FuncQueueErrorReason Reason(string? code) =>
        code switch
        {
            "outcome-unknown" => FuncQueueErrorReason.OutcomeUnknown,
            "invalid-request" or "invalid-filter" => FuncQueueErrorReason.InvalidRequest,
            "group-required" => FuncQueueErrorReason.GroupRequired,
            "queue-not-found" => FuncQueueErrorReason.QueueNotFound,
            "message-not-found" => FuncQueueErrorReason.MessageNotFound,
            "message-leased" => FuncQueueErrorReason.MessageLeased,
            "queue-type-mismatch" => FuncQueueErrorReason.QueueTypeMismatch,
            "queue-paused" => FuncQueueErrorReason.QueuePaused,
            "queue-in-use" => FuncQueueErrorReason.QueueInUse,
            "topic-not-found" => FuncQueueErrorReason.TopicNotFound,
            "topic-deleting" => FuncQueueErrorReason.TopicDeleting,
            "topic-type-mismatch" => FuncQueueErrorReason.TopicTypeMismatch,
            "unroutable" => FuncQueueErrorReason.Unroutable,
            "offset-mismatch" => FuncQueueErrorReason.OffsetMismatch,
            "earlier-failed" => FuncQueueErrorReason.EarlierFailed,
            "subscription-not-found" => FuncQueueErrorReason.SubscriptionNotFound,
            "already-subscribed" => FuncQueueErrorReason.AlreadySubscribed,
            "group-not-found" => FuncQueueErrorReason.GroupNotFound,
            "group-full" => FuncQueueErrorReason.GroupFull,
            "record-not-found" => FuncQueueErrorReason.RecordNotFound,
            "offset-expired" => FuncQueueErrorReason.OffsetExpired,
            "key-not-found" => FuncQueueErrorReason.KeyNotFound,
            "key-exists" => FuncQueueErrorReason.KeyExists,
            "precondition-failed" => FuncQueueErrorReason.PreconditionFailed,
            "message-too-large" => FuncQueueErrorReason.MessageTooLarge,
            "overloaded" => FuncQueueErrorReason.Overloaded,
            "storage-unavailable" => FuncQueueErrorReason.StorageUnavailable,
            "storage-throttled" => FuncQueueErrorReason.StorageThrottled,
            "unauthenticated" => FuncQueueErrorReason.Unauthenticated,
            "forbidden" => FuncQueueErrorReason.Forbidden,
            "not-found" => FuncQueueErrorReason.NotFound,
            _ => FuncQueueErrorReason.Unknown,
        };
}
