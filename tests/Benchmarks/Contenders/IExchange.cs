namespace FuncQueue.Benchmarks.Contenders;

/// <summary>Something that copies each message into the queues that are bound to it. Thread-safe.</summary>
internal interface IExchange : IAsyncDisposable
{
    /// <summary>Where the copies are received, by their queues' names.</summary>
    IContender Queues { get; }

    /// <summary>Makes the queues, bound by routing keys; once, before anything else.</summary>
    Task BindAsync(IReadOnlyList<Binding> bindings);

    /// <summary>Completes when the message is durable, as far as the contender has that.</summary>
    Task PublishAsync(string routingKey, ReadOnlyMemory<byte> body);
}

/// <summary>What a queue takes: the patterns of a topic exchange. Without any, everything.</summary>
internal sealed record Binding(string Queue, IReadOnlyList<string> Patterns);
