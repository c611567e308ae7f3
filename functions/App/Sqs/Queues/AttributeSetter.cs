using System.Globalization;
using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;
using FuncQueue.Functions.Sqs.Messages;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>
/// Puts attributes of CreateQueue and SetQueueAttributes into a queue's settings: names, ranges and meaning as documented there.
/// </summary>
internal static class AttributeSetter
{
    private const int MaxPolicyLength = 8192;
    private const int MaxKeyIdLength = 2048;

    /// <summary>Applies all, or tells the first fault.</summary>
    /// <param name="now">Null: the queue is new.</param>
    public static SqsError? Apply(IReadOnlyDictionary<string, string> attributes, QueueDraft draft, SqsAddress address, DateTimeOffset? now)
    {
        foreach (var (name, value) in attributes)
        {
            if (Apply(name, value, draft, address, now) is { } error)
                return error;
        }

        return CheckEncryption(attributes, draft) ?? CheckThroughput(attributes, draft);
    }

    private static SqsError? Apply(string name, string value, QueueDraft draft, SqsAddress address, DateTimeOffset? now)
    {
        switch (name)
        {
            case SqsAttribute.DelaySeconds:
                return Seconds(0, SqsLimits.MaxDelaySeconds, (settings, delay) => settings with { Delay = delay });
            case SqsAttribute.VisibilityTimeout:
                return Seconds(0, SqsLimits.MaxVisibilityTimeoutSeconds, (settings, time) => settings with { VisibilityTimeout = time });
            case SqsAttribute.MessageRetentionPeriod:
                return Seconds(
                    SqsLimits.MinRetentionSeconds,
                    SqsLimits.MaxRetentionSeconds,
                    (settings, time) => settings with { MessageTimeToLive = time }
                );
            case SqsAttribute.MaximumMessageSize:
                return Number(name, value, SqsLimits.MinMaximumMessageSize, SqsLimits.MaxMessageBytes, Keep);
            case SqsAttribute.ReceiveMessageWaitTimeSeconds:
                return Number(name, value, 0, SqsLimits.MaxWaitSeconds, Keep);
            case SqsAttribute.KmsDataKeyReusePeriodSeconds:
                return Number(name, value, SqsLimits.MinKeyReuseSeconds, SqsLimits.MaxKeyReuseSeconds, Keep);
            case SqsAttribute.KmsMasterKeyId:
                return value.Length <= MaxKeyIdLength ? Annotate(value) : SqsErrors.InvalidAttributeValue(name);
            case SqsAttribute.SqsManagedSseEnabled:
                return Flag(on => draft.Annotate(name, on ? "true" : "false"));
            case SqsAttribute.Policy:
                return value.Length == 0 || (value.Length <= MaxPolicyLength && AccessPolicy.Parse(value) is not null)
                    ? Annotate(value)
                    : SqsErrors.InvalidAttributeValue(name);
            case SqsAttribute.RedriveAllowPolicy:
                return value.Length > 0 && RedriveAllowPolicy.Parse(value, address) is { Policy: null } wrong
                    ? SqsErrors.InvalidAttributeValue(name, wrong.Fault)
                    : Annotate(value);
            case SqsAttribute.RedrivePolicy:
                return SetRedrivePolicy(value, draft, address);
            case SqsAttribute.FifoQueue when draft.Settings.IsFifo():
                return SqsFlag.Parse(value) == true
                    ? null
                    : SqsErrors.InvalidAttributeValue(name, "Modifying queue type is not supported.");
            case SqsAttribute.ContentBasedDeduplication when draft.Settings.IsFifo():
                return Flag(on => draft.Settings = draft.Settings with { ContentBasedDeduplication = on });
            case SqsAttribute.DeduplicationScope when draft.Settings.IsFifo():
                if (value is not (DeduplicationScope.Queue or DeduplicationScope.MessageGroup))
                    return SqsErrors.InvalidAttributeValue(name);
                return value == DeduplicationScope.Queue && draft.Settings.Shards > 1
                    ? SqsErrors.InvalidAttributeValue(name, "Groups of a queue with several shards are deduplicated apart.")
                    : Set(() => DeduplicationScope.Set(draft, value, now));
            case SqsAttribute.FifoThroughputLimit when draft.Settings.IsFifo():
                return OneOf("perQueue", "perMessageGroupId");
            case SqsAttribute.DeduplicationScope or SqsAttribute.FifoThroughputLimit:
                return SqsErrors.InvalidAttributeName($"You can specify the {name} only when FifoQueue is set to true.");
            default:
                return SqsErrors.UnknownAttribute(name);
        }

        SqsError? Seconds(int min, int max, Func<QueueSettings, TimeSpan, QueueSettings> set) =>
            Number(name, value, min, max, number => draft.Settings = set(draft.Settings, TimeSpan.FromSeconds(number)));

        void Keep(int number) => draft.Annotate(name, number.ToString(CultureInfo.InvariantCulture));

        SqsError? Annotate(string text) => Set(() => draft.Annotate(name, text));

        SqsError? Flag(Action<bool> set) => SqsFlag.Parse(value) is { } on ? Set(() => set(on)) : SqsErrors.InvalidAttributeValue(name);

        SqsError? OneOf(params ReadOnlySpan<string> choices) =>
            choices.Contains(value) ? Annotate(value) : SqsErrors.InvalidAttributeValue(name);
    }

    private static SqsError? SetRedrivePolicy(string value, QueueDraft draft, SqsAddress address)
    {
        if (value.Length == 0)
        {
            // Without a policy SQS delivers for as long as a message lives.
            draft.Annotate(SqsAttribute.RedrivePolicy, null);
            draft.Settings = draft.Settings with { MaxDeliveryCount = null };
            return null;
        }

        var (policy, error) = RedrivePolicy.Parse(value, address);
        if (policy is null)
            return error;
        draft.Annotate(SqsAttribute.RedrivePolicy, policy.Target.Value);
        draft.Settings = draft.Settings with { MaxDeliveryCount = policy.MaxReceiveCount };
        draft.NewTarget = (policy.Target, value);
        return null;
    }

    /// <summary>One kind of encryption at a time: choosing one ends the other.</summary>
    private static SqsError? CheckEncryption(IReadOnlyDictionary<string, string> attributes, QueueDraft draft)
    {
        var kms = attributes.GetValueOrDefault(SqsAttribute.KmsMasterKeyId) is { Length: > 0 };
        var sqs = SqsFlag.Parse(attributes.GetValueOrDefault(SqsAttribute.SqsManagedSseEnabled)) == true;
        if (kms && sqs)
            return SqsErrors.InvalidAttributeName(
                "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."
            );
        if (kms)
            draft.Annotate(SqsAttribute.SqsManagedSseEnabled, "false");
        if (sqs)
            draft.Annotate(SqsAttribute.KmsMasterKeyId, null);
        return null;
    }

    /// <summary>A limit by message group goes with deduplication by message group only.</summary>
    private static SqsError? CheckThroughput(IReadOnlyDictionary<string, string> attributes, QueueDraft draft)
    {
        if (!attributes.ContainsKey(SqsAttribute.FifoThroughputLimit) && !attributes.ContainsKey(SqsAttribute.DeduplicationScope))
            return null;
        var settings = draft.ToSettings();
        return
            settings.Annotation(SqsAttribute.FifoThroughputLimit) == "perMessageGroupId"
            && DeduplicationScope.Of(settings) != DeduplicationScope.MessageGroup
            ? SqsErrors.InvalidAttributeValue(
                SqsAttribute.FifoThroughputLimit,
                "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup."
            )
            : null;
    }

    private static SqsError? Number(string name, string value, int min, int max, Action<int> set) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? Set(() => set(number))
            : SqsErrors.InvalidAttributeValue(name);

    private static SqsError? Set(Action set)
    {
        set();
        return null;
    }
}
