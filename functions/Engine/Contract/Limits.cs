namespace FuncQueue.Engine;

/// <summary>The limits of the product and of the services below it, each with its source.</summary>
public static class Limits
{
    /// <summary>Longest message body in bytes: 100 MiB (API.md).</summary>
    public const long MaxBodyBytes = 100L * 1024 * 1024;

    /// <summary>Longest body kept in a table row; longer ones become payloads (DESIGN.md: ~32 KiB).</summary>
    public const int MaxInlineBodyBytes = 32 * 1024;

    /// <summary>Most messages, receipts or deliveries in one call (API.md).</summary>
    public const int MaxBatchSize = 100;

    /// <summary>Most body bytes of one batch enqueue: 4 MiB (API.md).</summary>
    public const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>Most attributes of a message (API.md).</summary>
    public const int MaxAttributes = 32;

    /// <summary>Most bytes of all attribute names and values together, as UTF-8 (API.md).</summary>
    public const int MaxAttributeBytes = 32 * 1024;

    /// <summary>Longest content type in characters.</summary>
    public const int MaxContentTypeLength = 256;

    /// <summary>Longest group id or deduplication id in characters (Amazon SQS's limit).</summary>
    public const int MaxIdLength = 128;

    /// <summary>Longest reason of a nack or dead-letter in characters.</summary>
    public const int MaxReasonLength = 1024;

    /// <summary>Longest receipt that is looked at; longer ones are malformed.</summary>
    public const int MaxReceiptLength = 512;

    /// <summary>Longest wait of a dequeue: below the 230 s at which the Functions host cuts a response (DESIGN.md).</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);

    /// <summary>Longest visibility timeout: 12 h (API.md).</summary>
    public static readonly TimeSpan MaxVisibilityTimeout = TimeSpan.FromSeconds(43_200);

    /// <summary>Longest delay of a message: 365 days (API.md).</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(31_536_000);

    /// <summary>Messages can be scheduled for instants before this one; what row keys and ids hold ends in the year 4253.</summary>
    public static readonly DateTimeOffset EndOfSchedule = new(3000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Shortest time to live (API.md).</summary>
    public static readonly TimeSpan MinTimeToLive = TimeSpan.FromSeconds(60);

    /// <summary>Longest time to live: 365 days (API.md).</summary>
    public static readonly TimeSpan MaxTimeToLive = TimeSpan.FromSeconds(31_536_000);

    /// <summary>Shortest deduplication window (API.md).</summary>
    public static readonly TimeSpan MinDeduplicationWindow = TimeSpan.FromSeconds(1);

    /// <summary>Longest deduplication window: 7 days (API.md).</summary>
    public static readonly TimeSpan MaxDeduplicationWindow = TimeSpan.FromSeconds(604_800);

    /// <summary>Longest retry backoff; a nack's delay has the same bound as a message's.</summary>
    public static readonly TimeSpan MaxRetryBackoff = TimeSpan.FromSeconds(43_200);

    /// <summary>Highest maximum delivery count (API.md).</summary>
    public const int MaxMaxDeliveryCount = 1000;

    /// <summary>Most shards of a queue (API.md).</summary>
    public const int MaxShards = 32;

    /// <summary>Highest priority; 0 is the lowest and the default (API.md).</summary>
    public const int MaxPriority = 9;

    /// <summary>Most tags of a queue, each name at most 128 and value at most 256 characters (Amazon SQS's limits).</summary>
    public const int MaxTags = 50;

    public const int MaxTagNameLength = 128;

    public const int MaxTagValueLength = 256;

    /// <summary>Most characters of a queue's annotations, names and values together: escaped in JSON they must fit a property of 32,768
    /// characters (Table Storage).</summary>
    public const int MaxAnnotationsLength = 24_000;

    /// <summary>How long a payload of a message received with <c>mode=delete</c> stays readable (API.md).</summary>
    public static readonly TimeSpan DeletedPayloadRetention = TimeSpan.FromHours(1);
}
