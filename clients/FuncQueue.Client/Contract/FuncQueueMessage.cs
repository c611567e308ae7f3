namespace FuncQueue.Client;

/// <summary>A message to send.</summary>
public sealed class FuncQueueMessage
{
    /// <summary>Makes an empty message.</summary>
    public FuncQueueMessage()
        : this(BinaryData.Empty) { }

    /// <summary>Makes a message of bytes; text and JSON by <see cref="BinaryData"/>.</summary>
    public FuncQueueMessage(BinaryData body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Body = body;
        ContentType = body.MediaType;
    }

    /// <summary>Makes a message of text.</summary>
    public FuncQueueMessage(string body)
        : this(BinaryData.FromString(body)) { }

    /// <summary>What is sent, up to 100 MiB; more than 1 MiB goes by a request of its own.</summary>
    public BinaryData Body { get; init; }

    /// <summary>The media type of the body; by itself text or bytes.</summary>
    public string? ContentType { get; set; }

    /// <summary>At most 32. Names travel as written, with a body over 1 MiB in lower case.</summary>
    public IDictionary<string, string> Attributes { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Holds the message back so long; null: the queue's setting.</summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>When the message becomes ready, instead of <see cref="Delay"/>.</summary>
    public DateTimeOffset? EnqueueAt { get; set; }

    /// <summary>How long the message lives; null: the queue's setting.</summary>
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>0 to 9; higher is delivered first.</summary>
    public int? Priority { get; set; }

    /// <summary>What is delivered in order with it. Required on FIFO queues.</summary>
    public string? GroupId { get; set; }

    /// <summary>Makes a repeat within the queue's window a no-op. Null: the sender gives one, unless its options say otherwise.</summary>
    public string? DeduplicationId { get; set; }
}
