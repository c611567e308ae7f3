namespace FuncQueue.Client;

/// <summary>A lease ended before its message was settled: the message is, or will be, delivered again.</summary>
public sealed class FuncQueueLeaseLostException : Exception
{
    /// <summary>Makes one.</summary>
    public FuncQueueLeaseLostException(Guid messageId)
        : base($"The lease of message {messageId} is lost; the message is delivered again.")
    {
        MessageId = messageId;
    }

    /// <summary>Makes one.</summary>
    public FuncQueueLeaseLostException() { }

    /// <summary>Makes one.</summary>
    public FuncQueueLeaseLostException(string message)
        : base(message) { }

    /// <summary>Makes one.</summary>
    public FuncQueueLeaseLostException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>The message.</summary>
    public Guid MessageId { get; }
}
