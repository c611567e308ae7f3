using System.Collections.Concurrent;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>
/// RabbitMQ: a durable classic queue, persistent messages, publisher confirms, manual acks, a prefetch of what is asked for.
/// </summary>
internal sealed class RabbitContender(string address) : IContender
{
    private readonly ConnectionFactory factory = new() { Uri = new Uri(address) };
    private readonly ConcurrentBag<IChannel> publishers = [];
    private readonly ConcurrentDictionary<string, ConcurrentBag<Subscription>> subscriptions = [];
    private readonly SemaphoreSlim gate = new(1, 1);
    private IConnection? connection;

    public async Task CreateAsync(string queue)
    {
        await using var channel = await (await ConnectAsync()).CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
    }

    public Task EnqueueAsync(string queue, ReadOnlyMemory<byte> body, string? group) => PublishAsync("", queue, body);

    /// <summary>Completes with the broker's confirm.</summary>
    public async Task PublishAsync(string exchange, string routingKey, ReadOnlyMemory<byte> body)
    {
        if (!publishers.TryTake(out var channel))
            channel = await (await ConnectAsync()).CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
            );
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, new BasicProperties { Persistent = true }, body);
        publishers.Add(channel);
    }

    public Task EnqueueBatchAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> bodies) =>
        Task.WhenAll(bodies.Select(b => EnqueueAsync(queue, b, null)));

    public async Task<IReadOnlyList<Taken>> DequeueAsync(string queue, int most, CancellationToken cancellationToken)
    {
        var idle = subscriptions.GetOrAdd(queue, _ => []);
        if (!idle.TryTake(out var subscription))
            subscription = await Subscription.OpenAsync(await ConnectAsync(), queue, (ushort)most);
        try
        {
            var tag = await subscription.Deliveries.Reader.ReadAsync(cancellationToken);
            return [new Taken((subscription.Channel, tag))];
        }
        finally
        {
            idle.Add(subscription);
        }
    }

    public async Task AckAsync(string queue, Taken message)
    {
        var (channel, tag) = ((IChannel, ulong))message.Handle;
        await channel.BasicAckAsync(tag, multiple: false);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        gate.Dispose();
    }

    public async Task<IConnection> ConnectAsync()
    {
        await gate.WaitAsync();
        try
        {
            return connection ??= await factory.CreateConnectionAsync();
        }
        finally
        {
            gate.Release();
        }
    }

    private sealed record Subscription(IChannel Channel, Channel<ulong> Deliveries)
    {
        public static async Task<Subscription> OpenAsync(IConnection connection, string queue, ushort prefetch)
        {
            var channel = await connection.CreateChannelAsync();
            await channel.BasicQosAsync(0, prefetch, global: false);
            var deliveries = System.Threading.Channels.Channel.CreateUnbounded<ulong>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                deliveries.Writer.TryWrite(delivery.DeliveryTag);
                return Task.CompletedTask;
            };
            await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
            return new Subscription(channel, deliveries);
        }
    }
}
