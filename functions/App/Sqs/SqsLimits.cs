namespace FuncQueue.Functions.Sqs;

/// <summary>The limits of the SQS protocol (API reference of each action; quotas of messages and queues in the developer guide).</summary>
internal static class SqsLimits
{
    /// <summary>Longest request that is read: a message of 1 MiB, spelled in the longest way that JSON has.</summary>
    public const int MaxRequestBytes = 8 * 1024 * 1024;

    /// <summary>Longest message, attributes included, and longest batch of messages: 1 MiB.</summary>
    public const int MaxMessageBytes = 1024 * 1024;

    /// <summary>Lowest value of MaximumMessageSize.</summary>
    public const int MinMaximumMessageSize = 1024;

    public const int MaxBatchEntries = 10;

    public const int MaxEntryIdLength = 80;

    public const int MaxMessageAttributes = 10;

    public const int MaxAttributeNameLength = 256;

    /// <summary>Longest group, deduplication and attempt id.</summary>
    public const int MaxIdLength = 128;

    public const int MaxDelaySeconds = 900;

    public const int MaxVisibilityTimeoutSeconds = 43_200;

    public const int MaxWaitSeconds = 20;

    public const int MaxReceivedMessages = 10;

    public const int MinRetentionSeconds = 60;

    public const int MaxRetentionSeconds = 1_209_600;

    public const int MinKeyReuseSeconds = 60;

    public const int MaxKeyReuseSeconds = 86_400;

    public const int MaxReceiveCount = 1000;

    /// <summary>Most results of a list.</summary>
    public const int MaxResults = 1000;

    /// <summary>Most actions in one permission.</summary>
    public const int MaxPermissionActions = 7;

    public const int MaxPermissionLabelLength = 80;

    /// <summary>Most queues that RedriveAllowPolicy may name.</summary>
    public const int MaxAllowedSources = 10;

    /// <summary>Between two purges of a queue, and between its deletion and its next creation.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);

    /// <summary>How long a repeated ReceiveMessage is recognised by its attempt id.</summary>
    public static readonly TimeSpan AttemptTime = TimeSpan.FromMinutes(5);
}
