using System.Threading.Channels;
using FuncQueue.Client;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>
/// FuncQueue's .NET client: callers share its requests. Messages are fetched ahead for all consumers, as its processor does.
/// </summary>
internal sealed class ClientContender : IContender
{
    private const int MostAhead = 100;

    private readonly CountingHandler http = new();
    private readonly FuncQueueClient client;
    private readonly CancellationTokenSource end = new();
    private readonly Channel<ReceivedMessage> ahead = Channel.CreateBounded<ReceivedMessage>(MostAhead);
    private readonly Lock gate = new();
    private FuncQueueSender? sender;
    private FuncQueueReceiver? receiver;
    private Task? fetching;

    public ClientContender(string address, string? key) =>
        client = new(new Uri(address), key, new FuncQueueClientOptions { Handler = http });

    public StorageUse Use => http.Use;

    public async Task CreateAsync(string queue)
    {
        await client.Administration.CreateOrUpdateQueueAsync(queue);
        sender = client.CreateSender(queue);
        // Between warming up and measuring a busy machine may take long; no lease is to end meanwhile.
        receiver = client.CreateReceiver(queue, new FuncQueueReceiverOptions { LeaseDuration = TimeSpan.FromMinutes(10) });
    }

    public Task EnqueueAsync(string queue, ReadOnlyMemory<byte> body, string? group) =>
        sender!.SendAsync(new FuncQueueMessage(BinaryData.FromBytes(body)) { GroupId = group });

    public async Task EnqueueBatchAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> bodies)
    {
        var outcomes = await sender!.SendAllAsync([.. bodies.Select(body => new FuncQueueMessage(BinaryData.FromBytes(body)))]);
        foreach (var outcome in outcomes)
            outcome.GetResult();
    }

    public async Task<IReadOnlyList<Taken>> DequeueAsync(string queue, int most, CancellationToken cancellationToken)
    {
        lock (gate)
            fetching ??= Task.Run(FetchAsync, CancellationToken.None);
        var taken = new List<Taken> { new(await ahead.Reader.ReadAsync(cancellationToken)) };
        while (taken.Count < most && ahead.Reader.TryRead(out var message))
            taken.Add(new Taken(message));
        return taken;
    }

    public async Task AckAsync(string queue, Taken message)
    {
        if (await receiver!.AckAsync((ReceivedMessage)message.Handle) is not SettleStatus.Ok and var status)
            throw new InvalidOperationException($"An ack was answered {status}.");
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        if (fetching is not null)
            await fetching;
        if (sender is not null)
            await sender.DisposeAsync();
        await client.DisposeAsync();
        http.Dispose();
    }

    private async Task FetchAsync()
    {
        try
        {
            while (true)
            {
                foreach (var message in await receiver!.ReceiveAsync(MostAhead, TimeSpan.FromSeconds(20), end.Token))
                    await ahead.Writer.WriteAsync(message, end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested) { }
        catch (FuncQueueException failure)
        {
            ahead.Writer.TryComplete(failure);
        }
    }
}
