namespace FuncQueue.Client.Tests.Chaos;

/// <summary>Several readers of one group, a server that is killed, and between them nothing that can be relied on.</summary>
public sealed class GroupChaosTests(AppFixture app)
{
    private const int Partitions = 4;
    private const int Records = 240;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 5, 0)]
    // Longer than a lease.
    [InlineData(3, 1, 12)]
    public async Task Every_record_is_handled_in_order_and_committed_behind_its_handler_and_a_stop_hands_over(
        int seed,
        int batch,
        int secondsAway
    )
    {
        var history = new GroupHistory();
        var topic = await app.TopicAsync(Partitions);
        await using var server = await ChaoticServer.StartAsync(app, seed, new GroupTraffic(history));
        var readers = new[] { "a", "b", "c" }.Select(name => Reader(server.Client(), topic, name, batch, history, seed)).ToList();
        await Task.WhenAll(readers.Select(reader => reader.StartAsync()));
        var publishing = PublishAsync(topic, history);
        await Eventually.HoldsAsync(() => history.Runs.Count(run => run.Succeeded) > Records / batch / 8, "some handlers");
        await server.KillAndRestartAsync(TimeSpan.FromSeconds(secondsAway));
        // The others may be faster, and leave it nothing.
        await Eventually.HoldsAsync(
            () => history.Runs.Any(run => run is { Member: "a", Succeeded: true }) || history.AllHandled(),
            "one of the first reader"
        );
        await readers[0].StopAsync();
        history.Stopped("a");
        await publishing;
        var before = history.Runs.Count;
        await Eventually.HoldsAsync(() => history.Runs.Count > before + 5 || history.AllHandled(), "handlers of the others");
        history.Started("a");
        await readers[0].StartAsync();
        await using var client = app.Client();
        await Eventually.HoldsAsync(history.AllHandled, "all records handled");
        server.Calm();
        await Eventually.HoldsAsync(async () => await Topics.LagAsync(client, topic) == 0, "all committed");
        foreach (var reader in readers)
        {
            await reader.StopAsync();
            history.Stopped(reader.MemberName);
        }

        GroupRules.Breaches(history).ShouldBeEmpty();
        history.Commits.ShouldNotBeEmpty();
        server.Troubles.ShouldBeGreaterThan(0);
    }

    private static FuncQueueGroupReader Reader(FuncQueueClient client, string topic, string name, int batch, GroupHistory history, int seed)
    {
        var random = new Random(seed * 100 + name[0]);
        async Task HandleAsync(ProcessRecordsContext context)
        {
            int dice;
            lock (random)
                dice = random.Next(200);
            var run = history.Began(name, context.Partition, [.. context.Records.Select(record => record.Offset)]);
            var succeeded = false;
            try
            {
                // One or the other is as long as a lease and more.
                await Task.Delay(
                    dice <= 1 ? Lease * 1.2 : TimeSpan.FromMilliseconds(dice / 4),
                    TimeProvider.System,
                    context.CancellationToken
                );
                if (dice >= 180)
                    throw new InvalidOperationException("As it happens.");
                succeeded = true;
            }
            finally
            {
                history.Ended(run, succeeded, context.Fenced.IsCancellationRequested);
            }
        }

        return client.CreateGroupReader(
            topic,
            "g",
            HandleAsync,
            new FuncQueueGroupReaderOptions
            {
                MemberName = name,
                From = "earliest",
                BatchSize = batch,
                LeaseDuration = Lease,
                ReadWait = TimeSpan.FromSeconds(2),
                RetryDelay = TimeSpan.FromMilliseconds(10),
                MaxRetryDelay = TimeSpan.FromSeconds(1),
                OnErrorAsync = error =>
                {
                    if (error.Source is FuncQueueErrorSource.Renew or FuncQueueErrorSource.Settle)
                        history.LossTold(name, error.Partition);
                    return Task.CompletedTask;
                },
            }
        );
    }

    /// <summary>Past the chaos, so that it is known where each record lies.</summary>
    private async Task PublishAsync(string topic, GroupHistory history)
    {
        await using var client = app.Client();
        await using var publisher = client.CreatePublisher(topic);
        foreach (var some in Enumerable.Range(0, Records).Chunk(20))
        {
            var outcomes = await publisher.PublishAllAsync([.. some.Select(i => new TopicMessage($"{i}") { Partition = i % Partitions })]);
            foreach (var result in outcomes.Select(outcome => outcome.GetResult()))
                history.Publish(result.Partition, result.Offset);
        }
    }
}
