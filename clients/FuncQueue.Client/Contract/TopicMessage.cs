namespace FuncQueue.Client;

/// <summary>A record to publish to a topic.</summary>
public sealed class TopicMessage
{
    /// <summary>Makes an empty record.</summary>
    public TopicMessage()
        : this(BinaryData.Empty) { }

    /// <summary>Makes a record of bytes; text and JSON by <see cref="BinaryData"/>.</summary>
    public TopicMessage(BinaryData body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Body = body;
        ContentType = body.MediaType;
    }

    /// <summary>Makes a record of text.</summary>
    public TopicMessage(string body)
        : this(BinaryData.FromString(body)) { }

    /// <summary>What is published.</summary>
    public BinaryData Body { get; init; }

    /// <summary>The media type of the body; by itself text or bytes.</summary>
    public string? ContentType { get; set; }

    /// <summary>At most 32. Names travel as written, with a body over 1 MiB in lower case.</summary>
    public IDictionary<string, string> Attributes { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Words between dots, by which subscriptions choose.</summary>
    public string? RoutingKey { get; set; }

    /// <summary>Records of one key stay in order.</summary>
    public string? Key { get; set; }

    /// <summary>The partition, where the key is not to choose it.</summary>
    public int? Partition { get; set; }

    /// <summary>Fails with <see cref="FuncQueueErrorReason.Unroutable"/> where no subscription takes the record.</summary>
    public bool Mandatory { get; set; }

    /// <summary>
    /// Makes a repeat within the topic's window a no-op. Null: the publisher gives one, unless its options say otherwise.
    /// </summary>
    public string? DeduplicationId { get; set; }

    /// <summary>Fails with <see cref="FuncQueueErrorReason.OffsetMismatch"/> where the next offset is another.</summary>
    public long? ExpectedOffset { get; set; }

    /// <summary>Holds the message back in the queues that it reaches.</summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>How long the message lives in the queues that it reaches.</summary>
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>0 to 9, in the queues that it reaches.</summary>
    public int? Priority { get; set; }
}
