using System.Globalization;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs;

/// <summary>Puts attributes of CreateQueue and SetQueueAttributes into a queue's settings: names, ranges and meaning as documented there.</summary>
internal static class AttributeSetter
{
    private const int MaxPolicyLength = 8192;
    private const int MaxKeyIdLength = 2048;

    /// <summary>Applies all, or tells the first fault.</summary>
    public static SqsError? Apply(IReadOnlyDictionary<string, string> attributes, QueueDraft draft, SqsAddress address)
    {
        foreach (var (name, value) in attributes)
        {
            if (Apply(name, value, draft, address) is { } error)
                return error;
        }

        return CheckEncryption(attributes, draft) ?? CheckThroughput(attributes, draft);
    }

    private static SqsError? Apply(string name, string value, QueueDraft draft, SqsAddress address)
    {
        switch (name)
        {
            case SqsAttribute.DelaySeconds:
                return Number(name, value, 0, SqsLimits.MaxDelaySeconds, n => draft.Settings = draft.Settings with { Delay = TimeSpan.FromSeconds(n) });
            case SqsAttribute.VisibilityTimeout:
                return Number(name, value, 0, SqsLimits.MaxVisibilityTimeoutSeconds, n => draft.Settings = draft.Settings with { VisibilityTimeout = TimeSpan.FromSeconds(n) });
            case SqsAttribute.MessageRetentionPeriod:
                return Number(name, value, SqsLimits.MinRetentionSeconds, SqsLimits.MaxRetentionSeconds, n => draft.Settings = draft.Settings with { MessageTimeToLive = TimeSpan.FromSeconds(n) });
            case SqsAttribute.MaximumMessageSize:
                return Number(name, value, SqsLimits.MinMaximumMessageSize, SqsLimits.MaxMessageBytes, Keep);
            case SqsAttribute.ReceiveMessageWaitTimeSeconds:
                return Number(name, value, 0, SqsLimits.MaxWaitSeconds, Keep);
            case SqsAttribute.KmsDataKeyReusePeriodSeconds:
                return Number(name, value, SqsLimits.MinKeyReuseSeconds, SqsLimits.MaxKeyReuseSeconds, Keep);
            case SqsAttribute.KmsMasterKeyId:
                return value.Length <= MaxKeyIdLength ? Annotate(value) : SqsErrors.InvalidAttributeValue(name);
            case SqsAttribute.SqsManagedSseEnabled:
                return OneOf("true", "false");
            case SqsAttribute.Policy:
                return value.Length == 0 || (value.Length <= MaxPolicyLength && AccessPolicy.Parse(value) is not null) ? Annotate(value) : SqsErrors.InvalidAttributeValue(name);
            case SqsAttribute.RedriveAllowPolicy:
                return value.Length == 0 || RedriveAllowPolicy.Parse(value, address) is not null ? Annotate(value) : SqsErrors.InvalidAttributeValue(name);
            case SqsAttribute.RedrivePolicy:
                return SetRedrivePolicy(value, draft, address);
            case SqsAttribute.FifoQueue when draft.Settings.IsFifo():
                return value == "true" ? null : SqsErrors.InvalidAttributeValue(name, "Modifying queue type is not supported.");
            case SqsAttribute.ContentBasedDeduplication when draft.Settings.IsFifo():
                return value is "true" or "false"
                    ? Set(() => draft.Settings = draft.Settings with { ContentBasedDeduplication = value == "true" })
                    : SqsErrors.InvalidAttributeValue(name);
            case SqsAttribute.DeduplicationScope when draft.Settings.IsFifo():
                return OneOf("queue", "messageGroup");
            case SqsAttribute.FifoThroughputLimit when draft.Settings.IsFifo():
                return OneOf("perQueue", "perMessageGroupId");
            default:
                return SqsErrors.UnknownAttribute(name);
        }

        void Keep(int number) => draft.Annotate(name, number.ToString(CultureInfo.InvariantCulture));

        SqsError? Annotate(string text) => Set(() => draft.Annotate(name, text));

        SqsError? OneOf(params ReadOnlySpan<string> choices) => choices.Contains(value) ? Annotate(value) : SqsErrors.InvalidAttributeValue(name);
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
        var sqs = attributes.GetValueOrDefault(SqsAttribute.SqsManagedSseEnabled) == "true";
        if (kms && sqs)
            return SqsErrors.InvalidAttributeName("You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.");
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
        return settings.Annotation(SqsAttribute.FifoThroughputLimit) == "perMessageGroupId" && !settings.DeduplicatesByGroup()
            ? SqsErrors.InvalidAttributeValue(SqsAttribute.FifoThroughputLimit, "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.")
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
