namespace FuncQueue.Client.Tests.Chaos;

/// <summary>Several clients, a server that is restarted, and between them nothing that can be relied on.</summary>
public sealed class ChaosTests(AppFixture app)
{
    private const int Clients = 3;
    private const int Messages = 240;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Nothing_is_lost_or_stored_twice_and_no_lease_is_lost_unseen(int seed, bool fifo)
    {
        var history = new History();
        var queue = await app.QueueAsync(new QueueSettings { MaxDeliveryCount = QueueSettings.NoLimit }, fifo);
        await using var proxy = await ChaoticProxy.StartAsync(seed);
        var server = await AppProcess.StartAsync(app.Environment());
        (proxy.Target, proxy.Trouble) = (new Uri(server.Address), 15);
        var clients = Enumerable.Range(0, Clients).Select(_ => Client(proxy)).ToList();
        var processors = clients.Select((client, i) => Processor(client, i, queue, history, seed)).ToList();
        await Task.WhenAll(processors.Select(processor => processor.StartAsync()));
        var sends = Enumerable.Range(0, Clients).Select(i => SendAsync(clients[i], i, queue, fifo, history)).ToList();
        // Two restarts, one of them without a goodbye.
        await Eventually.HoldsAsync(() => history.Runs > Messages / 8, "some handlers");
        server.Kill();
        await server.DisposeAsync();
        server = await AppProcess.StartAsync(app.Environment());
        proxy.Target = new Uri(server.Address);
        await Eventually.HoldsAsync(() => history.Runs > Messages / 2, "more handlers");
        await processors[0].StopAsync();
        await processors[0].StartAsync();
        await Task.WhenAll(sends);
        await Eventually.HoldsAsync(history.AllHandled, "all messages handled");
        proxy.Trouble = 0;
        await EmptyAsync(queue);
        await Task.WhenAll(processors.Select(processor => processor.StopAsync()));
        history.Breaches().ShouldBeEmpty();
        proxy.Troubles.ShouldBeGreaterThan(0);
        foreach (var client in clients)
            await client.DisposeAsync();
        await server.DisposeAsync();
    }

    private static FuncQueueClient Client(ChaoticProxy proxy) =>
        new(
            proxy.Address,
            options: new FuncQueueClientOptions
            {
                RetryDelay = TimeSpan.FromMilliseconds(20),
                MaxRetryDelay = TimeSpan.FromSeconds(1),
                MaxRetries = 20,
            }
        );

    private static FuncQueueProcessor Processor(FuncQueueClient client, int number, string queue, History history, int seed)
    {
        var random = new Random(seed * 100 + number);
        async Task HandleAsync(ProcessMessageContext context)
        {
            int dice;
            lock (random)
                dice = random.Next(100);
            var run = history.Began(number, context.Message);
            var succeeded = false;
            try
            {
                // Some are as long as a lease and more.
                await Task.Delay(dice < 2 ? Lease * 1.2 : TimeSpan.FromMilliseconds(dice), TimeProvider.System, context.CancellationToken);
                if (dice is >= 90)
                    throw new InvalidOperationException("As it happens.");
                succeeded = true;
            }
            finally
            {
                history.Ended(run, succeeded, context.LeaseLost.IsCancellationRequested);
            }
        }

        return client.CreateProcessor(
            queue,
            HandleAsync,
            new FuncQueueProcessorOptions
            {
                LeaseDuration = Lease,
                ReceiveWait = TimeSpan.FromSeconds(2),
                MaxReceiveBackoff = TimeSpan.FromSeconds(1),
                OnErrorAsync = error =>
                {
                    if (error.Message is { } message && error.Source is FuncQueueErrorSource.Renew or FuncQueueErrorSource.Settle)
                        history.LossTold(number, message.MessageId);
                    return Task.CompletedTask;
                },
            }
        );
    }

    private static async Task SendAsync(FuncQueueClient client, int number, string queue, bool fifo, History history)
    {
        var sender = client.CreateSender(queue);
        foreach (var some in Enumerable.Range(0, Messages / Clients).Chunk(8))
        {
            await Task.WhenAll(
                some.Select(async i =>
                {
                    var body = $"{number}-{i}";
                    try
                    {
                        await sender.SendAsync(new FuncQueueMessage(body) { GroupId = fifo ? $"{number}-{i % 8}" : null });
                        history.Sent(body, known: true);
                    }
                    catch (FuncQueueException)
                    {
                        history.Sent(body, known: false);
                    }
                })
            );
        }
    }

    private async Task EmptyAsync(string queue)
    {
        await using var client = app.Client();
        await Eventually.HoldsAsync(
            async () => (await client.Administration.FindQueueAsync(queue))!.Counts is { Ready: 0, Leased: 0, Scheduled: 0 },
            "an empty queue"
        );
    }
}
