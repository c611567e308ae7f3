namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>The names of queue attributes, as SQS spells them.</summary>
internal static class SqsAttribute
{
    public const string All = "All";
    public const string ApproximateNumberOfMessages = "ApproximateNumberOfMessages";
    public const string ApproximateNumberOfMessagesDelayed = "ApproximateNumberOfMessagesDelayed";
    public const string ApproximateNumberOfMessagesNotVisible = "ApproximateNumberOfMessagesNotVisible";
    public const string ContentBasedDeduplication = "ContentBasedDeduplication";
    public const string CreatedTimestamp = "CreatedTimestamp";
    public const string DeduplicationScope = "DeduplicationScope";
    public const string DelaySeconds = "DelaySeconds";
    public const string FifoQueue = "FifoQueue";
    public const string FifoThroughputLimit = "FifoThroughputLimit";
    public const string KmsDataKeyReusePeriodSeconds = "KmsDataKeyReusePeriodSeconds";
    public const string KmsMasterKeyId = "KmsMasterKeyId";
    public const string LastModifiedTimestamp = "LastModifiedTimestamp";
    public const string MaximumMessageSize = "MaximumMessageSize";
    public const string MessageRetentionPeriod = "MessageRetentionPeriod";
    public const string Policy = "Policy";
    public const string QueueArn = "QueueArn";
    public const string ReceiveMessageWaitTimeSeconds = "ReceiveMessageWaitTimeSeconds";
    public const string RedriveAllowPolicy = "RedriveAllowPolicy";
    public const string RedrivePolicy = "RedrivePolicy";
    public const string SqsManagedSseEnabled = "SqsManagedSseEnabled";
    public const string VisibilityTimeout = "VisibilityTimeout";

    /// <summary>Every name that can be asked for.</summary>
    public static readonly IReadOnlySet<string> Names = new HashSet<string>(StringComparer.Ordinal)
    {
        All,
        ApproximateNumberOfMessages,
        ApproximateNumberOfMessagesDelayed,
        ApproximateNumberOfMessagesNotVisible,
        ContentBasedDeduplication,
        CreatedTimestamp,
        DeduplicationScope,
        DelaySeconds,
        FifoQueue,
        FifoThroughputLimit,
        KmsDataKeyReusePeriodSeconds,
        KmsMasterKeyId,
        LastModifiedTimestamp,
        MaximumMessageSize,
        MessageRetentionPeriod,
        Policy,
        QueueArn,
        ReceiveMessageWaitTimeSeconds,
        RedriveAllowPolicy,
        RedrivePolicy,
        SqsManagedSseEnabled,
        VisibilityTimeout,
    };

    /// <summary>Whether it takes a look at the messages to tell.</summary>
    public static bool IsCount(string name) =>
        name is All or ApproximateNumberOfMessages or ApproximateNumberOfMessagesDelayed or ApproximateNumberOfMessagesNotVisible;
}
