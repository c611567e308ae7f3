using System.Diagnostics.CodeAnalysis;

namespace FuncQueue.Engine.Topics;

/// <summary>A valid name of a topic, made as a <see cref="QueueName"/>; a topic and a queue may have the same.</summary>
public sealed record TopicName
{
    private TopicName(QueueName name) => (Value, HasFifoSuffix) = (name.Value, name.HasFifoSuffix);

    public string Value { get; }

    /// <summary>Whether the name ends in <c>.fifo</c>: what is published there needs a key.</summary>
    public bool HasFifoSuffix { get; }

    /// <summary>Whether <paramref name="text"/> may begin a topic's name, or be a whole one.</summary>
    public static bool IsPrefix(string text) => QueueName.IsPrefix(text);

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out TopicName? name)
    {
        name = QueueName.TryParse(text, out var parsed) ? new TopicName(parsed) : null;
        return name is not null;
    }

    public override string ToString() => Value;
}
