using FuncQueue.Engine;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Access;

/// <summary>What a call is about: a queue, a topic, or everything that the deployment has.</summary>
internal sealed record Resource
{
    private readonly ResourceKind? kind;

    private Resource(ResourceKind? kind, string name)
    {
        this.kind = kind;
        Name = name;
        IsValid = kind is not null && QueueName.TryParse(name, out _);
    }

    /// <summary>What concerns the whole deployment.</summary>
    public static Resource Everything { get; } = new(null, "*");

    /// <summary>The queue's or topic's name as the request has it.</summary>
    public string Name { get; }

    /// <summary>Whether the name is one that a queue or topic can have.</summary>
    public bool IsValid { get; }

    public static Resource Queue(string name) => new(ResourceKind.Queue, name);

    public static Resource Topic(string name) => new(ResourceKind.Topic, name);

    public static Resource Of(QueueName queue) => Queue(queue.Value);

    public static Resource Of(TopicName topic) => Topic(topic.Value);

    public bool Is(ResourceKind wanted) => kind == wanted;

    /// <summary>For people and logs: a name that cannot be one is not repeated.</summary>
    public override string ToString() =>
        kind switch
        {
            ResourceKind.Queue => IsValid ? $"queue:{Name}" : "queue with an invalid name",
            ResourceKind.Topic => IsValid ? $"topic:{Name}" : "topic with an invalid name",
            _ => Name,
        };
}
