namespace FuncQueue.Functions.Sns.Topics;

/// <summary>The names of topic attributes, as SNS spells them.</summary>
internal static class TopicAttribute
{
    public const string ArchivePolicy = "ArchivePolicy";
    public const string ContentBasedDeduplication = "ContentBasedDeduplication";
    public const string DeliveryPolicy = "DeliveryPolicy";
    public const string DisplayName = "DisplayName";
    public const string EffectiveDeliveryPolicy = "EffectiveDeliveryPolicy";
    public const string FifoThroughputScope = "FifoThroughputScope";
    public const string FifoTopic = "FifoTopic";
    public const string KmsMasterKeyId = "KmsMasterKeyId";
    public const string Owner = "Owner";
    public const string Policy = "Policy";
    public const string SignatureVersion = "SignatureVersion";
    public const string SubscriptionsConfirmed = "SubscriptionsConfirmed";
    public const string SubscriptionsDeleted = "SubscriptionsDeleted";
    public const string SubscriptionsPending = "SubscriptionsPending";
    public const string TopicArn = "TopicArn";
    public const string TracingConfig = "TracingConfig";

    private static readonly string[] Feedback = ["SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"];
    private static readonly string[] Protocols = ["HTTP", "Firehose", "Lambda", "Application", "SQS"];

    /// <summary>Those about the logging of deliveries, which are kept and shown.</summary>
    public static readonly IReadOnlySet<string> OfFeedback = Protocols
        .SelectMany(protocol => Feedback, (protocol, what) => protocol + what)
        .ToHashSet(StringComparer.Ordinal);
}
