namespace FuncQueue.Engine;

/// <summary>How a dead letter is to be live again. What is null stays as it is.</summary>
public sealed record Resubmission
{
    /// <summary>The queue that it goes to; null: its own.</summary>
    public QueueName? To { get; init; }

    public ReadOnlyMemory<byte>? Body { get; init; }

    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string>? Attributes { get; init; }

    internal bool IsEdited => Body is not null || ContentType is not null || Attributes is not null;
}
