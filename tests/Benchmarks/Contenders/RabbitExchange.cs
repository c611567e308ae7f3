using RabbitMQ.Client;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>RabbitMQ: a durable fanout exchange, or, where queues are bound by patterns, a topic exchange.</summary>
internal sealed class RabbitExchange(string address) : IExchange
{
    private const string Exchange = "measured";

    private readonly RabbitContender queues = new(address);

    public IContender Queues => queues;

    public async Task BindAsync(IReadOnlyList<Binding> bindings)
    {
        await using var channel = await (await queues.ConnectAsync()).CreateChannelAsync();
        var isTopic = bindings.Any(b => b.Patterns.Count > 0);
        await channel.ExchangeDeclareAsync(Exchange, isTopic ? ExchangeType.Topic : ExchangeType.Fanout, durable: true);
        foreach (var binding in bindings)
        {
            await queues.CreateAsync(binding.Queue);
            foreach (var pattern in binding.Patterns.Count == 0 ? [""] : binding.Patterns)
                await channel.QueueBindAsync(binding.Queue, Exchange, pattern);
        }
    }

    public Task PublishAsync(string routingKey, ReadOnlyMemory<byte> body) => queues.PublishAsync(Exchange, routingKey, body);

    public ValueTask DisposeAsync() => queues.DisposeAsync();
}
