using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Log;

namespace FuncQueue.Engine;

/// <summary>Every failure that a caller of the engine must expect: a closed set, each a stable <c>code</c> of the HTTP API.</summary>
public abstract record Failure
{
    private Failure() { }

    /// <summary>The failure of a call that was carried out in part: that nothing happened is not true of it.</summary>
    public Failure InPart() =>
        this switch
        {
            StorageUnavailable(var after) => new OutcomeUnknown(after),
            StorageThrottled(var after) => new OutcomeUnknown(after),
            QueueGone => new OutcomeUnknown(StorageFault.DefaultRetryAfter),
            _ => this,
        };

    /// <summary>The request cannot be carried out as written; each fault is named. Nothing happened.</summary>
    public sealed record Invalid(IReadOnlyList<Fault> Faults) : Failure;

    public sealed record QueueNotFound(QueueName Queue) : Failure;

    /// <summary>The <see cref="QueueSettings.State"/> of the queue refuses what was asked. Nothing happened.</summary>
    public sealed record QueuePaused(QueueName Queue) : Failure;

    public sealed record MessageNotFound : Failure;

    /// <summary>Somebody holds the message, or it is on its way to another queue. Nothing happened.</summary>
    public sealed record MessageLeased : Failure;

    /// <summary>The queue exists with another value of a setting that is fixed at creation. Nothing happened.</summary>
    public sealed record QueueTypeMismatch(string Detail) : Failure;

    /// <summary>If-Match or If-None-Match did not hold. Nothing happened.</summary>
    public sealed record PreconditionFailed : Failure;

    /// <summary>The body is longer than <see cref="Limits.MaxBodyBytes"/>. Nothing happened.</summary>
    public sealed record MessageTooLarge : Failure;

    /// <summary>This process has as much work waiting as it takes on. Nothing happened.</summary>
    public sealed record Overloaded(TimeSpan RetryAfter) : Failure;

    /// <summary>Storage could not be reached or refused. Nothing happened.</summary>
    public sealed record StorageUnavailable(TimeSpan RetryAfter) : Failure;

    /// <summary>Storage asked to slow down. Nothing happened.</summary>
    public sealed record StorageThrottled(TimeSpan RetryAfter) : Failure;

    /// <summary>The answer of storage was lost and a second look did not settle it: it may have happened, or may happen yet.</summary>
    public sealed record OutcomeUnknown(TimeSpan RetryAfter) : Failure;

    public sealed record TopicNotFound(TopicName Topic) : Failure;

    /// <summary>The topic is being deleted: it takes nothing more, and its name is not free yet. Nothing happened.</summary>
    public sealed record TopicDeleting(TopicName Topic) : Failure;

    /// <summary>The topic exists with another value of a setting that is fixed at creation. Nothing happened.</summary>
    public sealed record TopicTypeMismatch(string Detail) : Failure;

    /// <summary>The partition has no such record, and never had.</summary>
    public sealed record RecordNotFound : Failure;

    /// <summary>A mandatory record that no subscription takes, nor an alternate queue. Nothing was stored.</summary>
    public sealed record Unroutable : Failure;

    /// <summary>The record would have got another offset than it must. Nothing was stored.</summary>
    public sealed record OffsetMismatch(long NextOffset) : Failure;

    /// <summary>A producer has left numbers out: the next one is another. Nothing was stored.</summary>
    public sealed record SequenceGap(long Expected) : Failure;

    /// <summary>The producer was started anew, with a greater epoch. Nothing was stored.</summary>
    public sealed record ProducerFenced(long Epoch) : Failure;

    /// <summary>The record was removed; the oldest one that is there is at <paramref name="FirstOffset"/>.</summary>
    public sealed record OffsetExpired(long FirstOffset) : Failure;

    /// <summary>The record was stored by a later version.</summary>
    public sealed record RecordUnreadable(TimeSpan RetryAfter) : Failure;

    /// <summary>The topic has filters of a later version. Nothing was stored, lest it is routed wrongly.</summary>
    public sealed record FiltersNewer(TimeSpan RetryAfter) : Failure;

    /// <summary>An earlier record of the batch, of the same key, was not stored: so this one was not either.</summary>
    public sealed record EarlierFailed : Failure;

    public sealed record SubscriptionNotFound(string Subscription) : Failure;

    public sealed record GroupNotFound(string Group) : Failure;

    /// <summary>The group has as many members as it may have. Nothing happened.</summary>
    public sealed record GroupFull : Failure;

    /// <summary>The target has a subscription to the topic already, under the name that is told. Nothing happened.</summary>
    public sealed record AlreadySubscribed(string Subscription) : Failure;

    /// <summary>Topics would forward to each other in a circle. Nothing happened.</summary>
    public sealed record SubscriptionCycle : Failure;

    /// <summary>The subscription has another target or group, which are fixed. Nothing happened.</summary>
    public sealed record TargetFixed(string Detail) : Failure;

    /// <summary>The topic has as many subscriptions as it may have. Nothing happened.</summary>
    public sealed record SubscriptionLimit : Failure;

    /// <summary>The queue takes what no subscription of a topic takes. Nothing happened.</summary>
    public sealed record QueueInUse(TopicName Topic) : Failure;

    /// <summary>Who vouches for callers does not answer: whose the call is cannot be found out. Nothing happened.</summary>
    public sealed record IdentityUnavailable(TimeSpan RetryAfter) : Failure;

    public sealed record KeyNotFound(KeyName Key) : Failure;

    /// <summary>The name is that of a key from the settings, which is not changed here. Nothing happened.</summary>
    public sealed record KeyExists(KeyName Key) : Failure;

    /// <summary>What a producer has sent before, as far as its state says. Never leaves the engine. Nothing was stored.</summary>
    internal sealed record Repeated(ProducerState State) : Failure;

    /// <summary>
    /// The table of this generation of the queue is gone: look the queue up again. Never leaves the engine. Nothing happened.
    /// </summary>
    internal sealed record QueueGone : Failure;
}
