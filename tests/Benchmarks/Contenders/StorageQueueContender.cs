using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>Azure Storage Queues, what FuncQueue's users would pick instead.</summary>
internal sealed class StorageQueueContender(string connectionString) : IContender
{
    /// <summary>It has no long poll: an empty answer is asked again after so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly QueueServiceClient service = new(
        connectionString,
        new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }
    );

    public Task CreateAsync(string queue) => service.CreateQueueAsync(queue);

    public Task EnqueueAsync(string queue, ReadOnlyMemory<byte> body, string? group) =>
        service.GetQueueClient(queue).SendMessageAsync(new BinaryData(body));

    public Task EnqueueBatchAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> bodies) =>
        Task.WhenAll(bodies.Select(b => EnqueueAsync(queue, b, null)));

    public async Task<IReadOnlyList<Taken>> DequeueAsync(string queue, int most, CancellationToken cancellationToken)
    {
        QueueMessage[] messages = await service.GetQueueClient(queue).ReceiveMessagesAsync(most, cancellationToken: cancellationToken);
        if (messages.Length == 0)
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        return [.. messages.Select(m => new Taken(m))];
    }

    public Task AckAsync(string queue, Taken message)
    {
        var taken = (QueueMessage)message.Handle;
        return service.GetQueueClient(queue).DeleteMessageAsync(taken.MessageId, taken.PopReceipt);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
