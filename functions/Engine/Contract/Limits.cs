namespace FuncQueue.Engine;

/// <summary>
/// The limits of the product, and of the services below it with their source. Where no source is named, the limit is our own choice and
/// part of the API.
/// </summary>
public static class Limits
{
    /// <summary>Longest message body in bytes: 100 MiB.</summary>
    public const long MaxBodyBytes = 100L * 1024 * 1024;

    /// <summary>Longest body kept in a table row; longer ones become payloads.</summary>
    public const int MaxInlineBodyBytes = 32 * 1024;

    /// <summary>Most messages, receipts or deliveries in one call.</summary>
    public const int MaxBatchSize = 100;

    /// <summary>Most body bytes of one batch enqueue: 4 MiB.</summary>
    public const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Most bytes of bodies and attributes of a batch that shares one deduplication id: 1 MiB, which one transaction can hold.
    /// </summary>
    public const int MaxTogetherBytes = 1024 * 1024;

    /// <summary>
    /// Most differing delays, instants and priorities of such a batch: each begins a row, and a transaction has 100 operations
    /// (Table Storage).
    /// </summary>
    public const int MaxTogetherKinds = 32;

    /// <summary>Most attributes of a message.</summary>
    public const int MaxAttributes = 32;

    /// <summary>Most bytes of all attribute names and values together, as UTF-8.</summary>
    public const int MaxAttributeBytes = 32 * 1024;

    /// <summary>Longest content type in characters.</summary>
    public const int MaxContentTypeLength = 256;

    /// <summary>Longest group id or deduplication id in characters (Amazon SQS's limit).</summary>
    public const int MaxIdLength = 128;

    /// <summary>Longest reason of a nack or dead-letter in characters.</summary>
    public const int MaxReasonLength = 1024;

    /// <summary>Most messages that a dry run of a redrive or a purge shows.</summary>
    public const int MaxPreviewExamples = 3;

    /// <summary>Most dead letters that a summary of their reasons looks at.</summary>
    public const int MaxExaminedDeadLetters = 10_000;

    /// <summary>Most reasons that a summary of dead letters names.</summary>
    public const int MaxReasons = 100;

    /// <summary>Longest receipt that is looked at; longer ones are malformed.</summary>
    public const int MaxReceiptLength = 512;

    /// <summary>
    /// Longest wait of a dequeue: below the 230 s at which Azure cuts the response of a function (Azure Functions scale and hosting:
    /// time-out).
    /// </summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);

    /// <summary>Longest time until a settlement is answered, if only that its outcome is unknown: below those 230 s.</summary>
    public static readonly TimeSpan MaxSettleTime = TimeSpan.FromSeconds(30);

    /// <summary>Longest visibility timeout: 12 h.</summary>
    public static readonly TimeSpan MaxVisibilityTimeout = TimeSpan.FromSeconds(43_200);

    /// <summary>Longest delay of a message: 365 days.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(31_536_000);

    /// <summary>Messages can be scheduled for instants before this one; what row keys and ids hold ends in the year 4253.</summary>
    public static readonly DateTimeOffset EndOfSchedule = new(3000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Shortest time to live.</summary>
    public static readonly TimeSpan MinTimeToLive = TimeSpan.FromSeconds(1);

    /// <summary>Longest time to live: 365 days.</summary>
    public static readonly TimeSpan MaxTimeToLive = TimeSpan.FromSeconds(31_536_000);

    /// <summary>Shortest deduplication window.</summary>
    public static readonly TimeSpan MinDeduplicationWindow = TimeSpan.FromSeconds(1);

    /// <summary>Longest deduplication window: 7 days.</summary>
    public static readonly TimeSpan MaxDeduplicationWindow = TimeSpan.FromSeconds(604_800);

    /// <summary>Longest retry backoff; a nack's delay has the same bound as a message's.</summary>
    public static readonly TimeSpan MaxRetryBackoff = TimeSpan.FromSeconds(43_200);

    /// <summary>Highest maximum delivery count.</summary>
    public const int MaxMaxDeliveryCount = 1000;

    /// <summary>Most shards of a queue.</summary>
    public const int MaxShards = 32;

    /// <summary>Highest priority; 0 is the lowest and the default.</summary>
    public const int MaxPriority = 9;

    /// <summary>Most tags of a queue, each name at most 128 and value at most 256 characters (Amazon SQS's limits).</summary>
    public const int MaxTags = 50;

    /// <summary>Longest name of a tag in characters (Amazon SQS's limit).</summary>
    public const int MaxTagNameLength = 128;

    /// <summary>Longest value of a tag in characters (Amazon SQS's limit).</summary>
    public const int MaxTagValueLength = 256;

    /// <summary>Most characters of a queue's annotations, names and values together: escaped in JSON they must fit a property of 32,768
    /// characters (Table Storage).</summary>
    public const int MaxAnnotationsLength = 24_000;

    /// <summary>How long a payload of a message received with <c>mode=delete</c> stays readable.</summary>
    public static readonly TimeSpan DeletedPayloadRetention = TimeSpan.FromHours(1);

    /// <summary>Most partitions of a topic.</summary>
    public const int MaxPartitions = 32;

    /// <summary>Longest retention of a topic's records: 365 days.</summary>
    public static readonly TimeSpan MaxRetention = TimeSpan.FromSeconds(31_536_000);

    /// <summary>Fewest bytes that a retention by bytes keeps of a partition: 1 MiB.</summary>
    public const long MinRetentionBytes = 1024 * 1024;

    /// <summary>Longest body that filters look into: 256 KiB.</summary>
    public const int MaxFilteredBodyBytes = 256 * 1024;

    /// <summary>Most records of one read of a partition.</summary>
    public const int MaxRecordsPerRead = 1000;

    /// <summary>Most bytes of bodies that one read of a partition asks for: 4 MiB.</summary>
    public const int MaxReadBytes = 4 * 1024 * 1024;

    /// <summary>Most bytes of inline bodies of an atomic batch: 2 MiB, which one transaction can hold.</summary>
    public const int MaxAtomicBytes = 2 * 1024 * 1024;

    /// <summary>Most payloads of an atomic batch: a transaction has 100 operations (Table Storage).</summary>
    public const int MaxAtomicPayloads = 80;

    /// <summary>Most members of a group: with those of the partitions, their rows fit one transaction of 100 (Table Storage).</summary>
    public const int MaxGroupMembers = 64;

    /// <summary>Shortest lease of a group's member.</summary>
    public static readonly TimeSpan MinGroupLease = TimeSpan.FromSeconds(10);

    /// <summary>Longest lease of a group's member: 1 h.</summary>
    public static readonly TimeSpan MaxGroupLease = TimeSpan.FromSeconds(3600);

    /// <summary>Most subscriptions of a topic.</summary>
    public const int MaxSubscriptions = 1000;

    /// <summary>Most bytes of all filters of a subscription together, as JSON without white space: 64 KiB.</summary>
    public const int MaxFilterBytes = 64 * 1024;

    /// <summary>
    /// Most conditions with a wildcard in the filters of a subscription: each may search a whole body, where all others look at its
    /// beginning or end.
    /// </summary>
    public const int MaxWildcardConditions = 100;

    /// <summary>How many objects deep the conditions of a filter nest at most.</summary>
    public const int MaxFilterDepth = 16;

    /// <summary>Most hours of a queue's history: a week.</summary>
    public const int MaxHistoryHours = 168;
}
