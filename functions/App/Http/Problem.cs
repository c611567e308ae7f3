using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>What the caller is told of a failure: the one place that says it.</summary>
internal sealed record Problem(int Status, string Code, string Title, string Detail, TimeSpan? RetryAfter = null)
{
    public static Problem Of(Failure failure) =>
        OfRequest(failure)
        ?? OfKey(failure)
        ?? OfQueue(failure)
        ?? OfTopic(failure)
        ?? OfRecord(failure)
        ?? OfStorage(failure)
        ?? throw new InvalidOperationException($"{failure.GetType().Name} has no place in the API.");

    private static Problem? OfRequest(Failure failure) =>
        failure switch
        {
            Failure.Invalid({ Count: > 0 } faults) when faults.All(f => f.Detail == RequestRules.GroupRequired) => new(
                400,
                "group-required",
                "Group required",
                RequestRules.GroupRequired
            ),
            Failure.Invalid([var fault]) => new(400, "invalid-request", "Invalid request", $"{fault.Field}: {fault.Detail}"),
            Failure.Invalid(var faults) => new(
                400,
                "invalid-request",
                "Invalid request",
                $"The request has {faults.Count} faults, listed in errors."
            ),
            Failure.PreconditionFailed => new(
                412,
                "precondition-failed",
                "Precondition failed",
                "What is there is not as If-Match or If-None-Match wants it."
            ),
            Failure.MessageTooLarge => new(
                413,
                "message-too-large",
                "Message too large",
                $"A body has at most {Limits.MaxBodyBytes} bytes, those of a batch {Limits.MaxBatchBytes} together."
            ),
            _ => null,
        };

    private static Problem? OfKey(Failure failure) =>
        failure switch
        {
            Failure.IdentityUnavailable(var after) => new(
                503,
                "identity-unavailable",
                "Identity unavailable",
                "Entra ID does not answer, so that the token cannot be checked. Nothing happened.",
                after
            ),
            Failure.KeyNotFound(var key) => new(404, "key-not-found", "Key not found", $"There is no key {key}."),
            Failure.KeyExists(var key) => new(
                409,
                "key-exists",
                "Key exists",
                $"The settings have a key {key}, which is changed there alone. Nothing happened."
            ),
            _ => null,
        };

    private static Problem? OfQueue(Failure failure) =>
        failure switch
        {
            Failure.QueueNotFound(var queue) => new(404, "queue-not-found", "Queue not found", $"There is no queue {queue}."),
            Failure.QueuePaused(var queue) => new(
                409,
                "queue-paused",
                "Queue paused",
                $"The state of queue {queue} refuses this. Nothing happened."
            ),
            Failure.MessageNotFound => new(
                404,
                "message-not-found",
                "Message not found",
                "The queue has no such message any more, or never had."
            ),
            Failure.MessageLeased => new(
                409,
                "message-leased",
                "Message leased",
                "Somebody holds the message, or it is on its way to another queue. Nothing happened."
            ),
            Failure.QueueTypeMismatch(var why) => new(409, "queue-type-mismatch", "Queue type mismatch", why),
            _ => null,
        };

    /// <summary>Of topics and subscriptions.</summary>
    private static Problem? OfTopic(Failure failure) =>
        failure switch
        {
            Failure.TopicNotFound(var topic) => new(404, "topic-not-found", "Topic not found", $"There is no topic {topic}."),
            Failure.TopicDeleting(var topic) => new(
                409,
                "topic-deleting",
                "Topic being deleted",
                $"Topic {topic} is being deleted. Nothing happened."
            ),
            Failure.TopicTypeMismatch(var why) => new(409, "topic-type-mismatch", "Topic type mismatch", why),
            Failure.SubscriptionNotFound(var name) => new(
                404,
                "subscription-not-found",
                "Subscription not found",
                $"The topic has no subscription {name}."
            ),
            Failure.GroupNotFound(var name) => new(404, "group-not-found", "Group not found", $"The topic has no group {name}."),
            Failure.GroupFull => new(409, "group-full", "Group full", "The group has as many members as it may have. Nothing happened."),
            Failure.AlreadySubscribed(var name) => new(
                409,
                "already-subscribed",
                "Already subscribed",
                $"The target has the subscription {name} to this topic."
            ),
            Failure.SubscriptionCycle => new(
                409,
                "subscription-cycle",
                "Subscription cycle",
                "Topics would forward to each other in a circle."
            ),
            Failure.SubscriptionLimit => new(
                409,
                "subscription-limit",
                "Too many subscriptions",
                "The topic has as many subscriptions as it may have."
            ),
            Failure.TargetFixed(var why) => new(409, "target-fixed", "Target fixed", why),
            Failure.QueueInUse(var topic) => new(
                409,
                "queue-in-use",
                "Queue in use",
                $"The queue is the alternate queue of topic {topic}. Nothing happened."
            ),
            Failure.FiltersNewer(var after) => new(
                503,
                "filters-newer",
                "Filters of a later version",
                "The topic has filters of a later version of FuncQueue. Nothing was stored.",
                after
            ),
            _ => null,
        };

    private static Problem? OfRecord(Failure failure) =>
        failure switch
        {
            Failure.RecordNotFound => new(404, "record-not-found", "Record not found", "The partition has no such record."),
            Failure.Unroutable => new(409, "unroutable", "Unroutable", "No subscription takes the record. Nothing was stored."),
            Failure.OffsetMismatch(var next) => new(
                409,
                "offset-mismatch",
                "Offset mismatch",
                $"The next offset is {next}. Nothing was stored."
            ),
            Failure.SequenceGap(var expected) => new(
                409,
                "sequence-gap",
                "Sequence gap",
                $"The next sequence of this producer is {expected}. Nothing was stored."
            ),
            Failure.ProducerFenced(var epoch) => new(
                403,
                "producer-fenced",
                "Producer fenced",
                $"The producer was started anew, with the epoch {epoch}. Nothing was stored."
            ),
            Failure.EarlierFailed => new(
                409,
                "earlier-failed",
                "An earlier record failed",
                "An earlier record of the same key was not stored, so this one was not either."
            ),
            Failure.OffsetExpired(var first) => new(
                410,
                "offset-expired",
                "Offset expired",
                $"The record was removed; the oldest one is at the offset {first}."
            ),
            Failure.RecordUnreadable(var after) => new(
                503,
                "record-unreadable",
                "Record unreadable",
                "The record was stored by a later version of FuncQueue.",
                after
            ),
            _ => null,
        };

    /// <summary>Of storage, and of having too much to do.</summary>
    private static Problem? OfStorage(Failure failure) =>
        failure switch
        {
            Failure.Overloaded(var after) => new(
                429,
                "overloaded",
                "Overloaded",
                "This process has as much work waiting as it takes on. Nothing happened.",
                after
            ),
            Failure.StorageUnavailable(var after) => new(
                503,
                "storage-unavailable",
                "Storage unavailable",
                "Storage does not answer, or refuses. Nothing happened.",
                after
            ),
            Failure.StorageThrottled(var after) => new(
                503,
                "storage-throttled",
                "Storage throttled",
                "Storage asks to slow down. Nothing happened.",
                after
            ),
            Failure.OutcomeUnknown(var after) => new(
                503,
                "outcome-unknown",
                "Outcome unknown",
                "The answer of storage was lost: it may have happened.",
                after
            ),
            _ => null,
        };
}
