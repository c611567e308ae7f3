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
        await using var server = await ChaoticServer.StartAsync(app, seed, new LeaseTraffic(history));
        var clients = Enumerable.Range(0, Clients).Select(_ => server.Client()).ToList();
        var processors = clients.Select((client, i) => Processor(client, i, queue, history, seed)).ToList();
        await Task.WhenAll(processors.Select(processor => processor.StartAsync()));
        var sends = Enumerable.Range(0, Clients).Select(i => SendAsync(clients[i], i, queue, fifo, history)).ToList();
        await Eventually.HoldsAsync(() => history.Runs.Count > Messages / 8, "some handlers");
        await server.KillAndRestartAsync();
        await Eventually.HoldsAsync(() => history.Runs.Count > Messages / 2, "more handlers");
        await processors[0].StopAsync();
        history.Stopped(0);
        // What the others handle meanwhile shows that they run without it.
        var before = history.Runs.Count;
        await Eventually.HoldsAsync(() => history.Runs.Count > before + 5 || history.AllHandled(), "handlers of the others");
        history.Started(0);
        await processors[0].StartAsync();
        await Task.WhenAll(sends);
        await Eventually.HoldsAsync(history.AllHandled, "all messages handled");
        server.Calm();
        await EmptyAsync(queue);
        await Task.WhenAll(processors.Select(processor => processor.StopAsync()));
        Rules.Breaches(history).ShouldBeEmpty();
        history.Acks.ShouldNotBeEmpty();
        server.Troubles.ShouldBeGreaterThan(0);
    }

    private static FuncQueueProcessor Processor(FuncQueueClient client, int number, string queue, History history, int seed)
    {
        var random = new Random(seed * 100 + number);
        async Task HandleAsync(ProcessMessageContext context)
        {
            int dice;
            lock (random)
                dice = random.Next(100);
            var run = history.Began(number, context.Message, TimeProvider.System.GetUtcNow());
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
                    var (body, group) = ($"{number}-{i}", fifo ? $"{number}-{i % 8}" : null);
                    try
                    {
                        await sender.SendAsync(new FuncQueueMessage(body) { GroupId = group });
                        history.Sent(body, known: true, group);
                    }
                    catch (FuncQueueException)
                    {
                        history.Sent(body, known: false, group);
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
