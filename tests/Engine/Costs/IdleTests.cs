using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>Idle queues cost nothing beyond the sweep's one look.</summary>
public sealed class IdleTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Without_waiters_and_traffic_nothing_is_asked_of_storage()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 4 }), Start());
        await engine.EnqueueInEveryShardAsync(4);
        await engine.AckAsync(await other.DequeueOneAsync());
        await other.DequeueOneAsync();
        (await engine.DequeueAsync(source: MessageSource.DeadLetters)).ShouldBeEmpty();
        await ExpectSilenceAsync(engine, other);
    }

    [Fact]
    public async Task After_a_receiver_has_waited_nothing_is_asked_of_storage()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var waiting = engine.DequeueAsync(wait: TimeSpan.FromSeconds(5));
        await Eventually.HoldsAsync(
            "the receiver is answered",
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            }
        );
        await ExpectSilenceAsync(engine, other);
    }

    [Fact]
    public async Task After_a_receiver_has_gone_nothing_is_asked_of_storage()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var waiting = engine.Engine.DequeueAsync(
            engine.Queue,
            MessageSource.Live,
            new DequeueRequest { Wait = Limits.MaxWait },
            cancellation.Token
        );
        await Eventually.HoldsAsync("the receiver looks for messages", () => engine.Requests.CountOf(r => r.IsQuery) > 0);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await ExpectSilenceAsync(engine, other);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sweep_asks_nothing_about_queues_that_are_quiet_empty_or_not(bool empty)
    {
        var (engine, sweeper) = (Start(), Start());
        for (var i = 0; i < 5; i++)
        {
            engine.Queue = TestEngine.Name($"queue-{i}");
            await engine.PutQueueAsync(new QueueSettingsChange { Shards = 2 });
            await engine.EnqueueInEveryShardAsync(2);
            foreach (var message in await engine.DequeueEverythingAsync())
                await (
                    empty ? engine.AckAsync(message)
                    : i % 2 == 0 ? engine.NackAsync(message)
                    : engine.DeadLetterAsync(message)
                );
        }

        (await sweeper.SweepAsync()).ShardsVisited.ShouldBe(10);
        await SweepUntilQuietAsync(sweeper);
        for (var i = 0; i < 3; i++)
        {
            Time.Advance(SweepInterval);
            foreach (var scope in new[] { SweepScope.ExpiredLeases, SweepScope.Poison, SweepScope.Storage, SweepScope.All })
            {
                sweeper.Requests.Clear();
                (await sweeper.SweepAsync(scope)).ShardsVisited.ShouldBe(0);
                sweeper.Requests.All.ShouldAllBe(r => r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal));
                sweeper.Requests.Count.ShouldBeLessThanOrEqualTo(scope.HasFlag(SweepScope.Storage) ? 2 : 1);
            }
        }
    }

    [Theory]
    [InlineData(QueueType.Standard)]
    [InlineData(QueueType.Fifo)]
    public async Task A_full_pass_takes_one_request_for_a_shard_that_was_used_and_is_empty(QueueType type)
    {
        var (engine, sweeper) = (await StartWithQueueAsync(new QueueSettingsChange { Type = type }), Start());
        for (var i = 0; i < 3; i++)
        {
            // Each time the last of its row: the flight's mark stays.
            await engine.EnqueueAsync(type == QueueType.Fifo ? TestEngine.Text("a") with { GroupId = "g" } : TestEngine.Text("a"));
            await engine.AckAsync(await engine.DequeueOneAsync());
        }

        await SweepUntilQuietAsync(sweeper);
        sweeper.Requests.Clear();
        (await sweeper.SweepAsync(everything: true)).ShardsVisited.ShouldBe(1);
        sweeper.Requests.CountOf(r => !r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_full_pass_reads_the_list_of_queues_and_not_each_of_them()
    {
        var (engine, sweeper) = (Start(), Start());
        for (var i = 0; i < 10; i++)
        {
            engine.Queue = TestEngine.Name($"queue-{i}");
            await engine.PutQueueAsync();
        }

        (await sweeper.SweepAsync(everything: true)).ShardsVisited.ShouldBe(10);
        Time.Advance(TimeSpan.FromHours(1));
        sweeper.Requests.Clear();
        (await sweeper.SweepAsync(everything: true)).ShardsVisited.ShouldBe(10);
        // The marks, the queues, and what deletions have left; a request for each shard.
        sweeper.Requests.CountOf(r => r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal)).ShouldBe(3);
        sweeper.Requests.Count.ShouldBe(13);
    }

    [Fact]
    public async Task Rows_that_nobody_receives_any_more_are_not_kept_in_memory_though_the_process_runs_no_sweeps()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync("a", "b");
        var messages = await engine.DequeueAsync(2, TimeSpan.FromHours(1));
        engine.Requests.Clear();
        await engine.AckAsync(messages[0]);
        // The row was in mind.
        engine.Requests.CountOf(r => r.ReadsMessageRow).ShouldBe(0);
        Time.Advance(TimeSpan.FromMinutes(1));
        engine.Queue = TestEngine.Name("another");
        await engine.PutQueueAsync();
        Time.Advance(TimeSpan.FromMinutes(1));
        await engine.EnqueueAsync("c");
        engine.Queue = TestEngine.Name("orders");
        await engine.AckAsync(messages[1]);
        engine.Requests.CountOf(r => r.ReadsMessageRow).ShouldBe(1);
    }

    [Fact]
    public async Task A_quiet_shard_is_visited_when_something_is_due_there()
    {
        var (engine, sweeper) = (
            await StartWithQueueAsync(new QueueSettingsChange { MessageTimeToLive = TimeSpan.FromHours(20) }),
            Start()
        );
        await engine.EnqueueAllAsync("a", "b");
        await engine.DequeueOneAsync(TimeSpan.FromHours(10));
        await SweepUntilQuietAsync(sweeper);
        Time.Advance(TimeSpan.FromHours(9));
        (await sweeper.SweepAsync()).ShardsVisited.ShouldBe(0);
        Time.Advance(TimeSpan.FromHours(1));
        (await sweeper.SweepAsync(SweepScope.ExpiredLeases)).Redelivered.ShouldBe(1);
        await SweepUntilQuietAsync(sweeper);
        Time.Advance(TimeSpan.FromHours(10));
        (await sweeper.SweepAsync(SweepScope.Poison)).Expired.ShouldBe(2);
        await SweepUntilQuietAsync(sweeper);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_quiet_shard_that_is_written_to_again_is_swept_again()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        for (var i = 0; i < 3; i++)
        {
            await engine.EnqueueAsync("a");
            await engine.DequeueOneAsync(TimeSpan.FromSeconds(30));
            Time.Advance(TimeSpan.FromSeconds(31));
            (await sweeper.SweepAsync()).Redelivered.ShouldBe(1);
            await engine.AckAsync(await engine.DequeueOneAsync());
            await SweepUntilQuietAsync(sweeper);
        }
    }

    [Fact]
    public async Task A_full_pass_finds_what_no_mark_tells_of()
    {
        var (slow, sweeper) = (await StartWithQueueAsync(), Start());
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var enqueue = slow.TryEnqueueAsync(TestEngine.Text("a") with { TimeToLive = TimeSpan.FromSeconds(60) });
        await held.Reached;
        // The process stands still for so long that its mark is taken for old, and its write comes after all.
        await SweepUntilQuietAsync(sweeper);
        held.Release();
        (await enqueue).Failure.ShouldBeNull();
        Time.Advance(TimeSpan.FromHours(1));
        (await sweeper.SweepAsync(everything: true)).Expired.ShouldBe(1);
    }

    private async Task SweepUntilQuietAsync(TestEngine sweeper)
    {
        for (var i = 0; i < 6; i++)
        {
            Time.Advance(SweepInterval);
            (await sweeper.SweepAsync()).ShardsFailed.ShouldBe(0);
        }

        (await sweeper.SweepAsync()).ShardsVisited.ShouldBe(0);
    }

    /// <summary>
    /// Hours pass, and storage answers somebody else's requests: whatever these processes wanted to ask, they would have asked it.
    /// </summary>
    private async Task ExpectSilenceAsync(params TestEngine[] engines)
    {
        var observer = Start();
        // What follows an answer, such as a last look around, is not idleness.
        for (var i = 0; i < 3; i++)
            await observer.StatusAsync();
        foreach (var engine in engines)
            engine.Requests.Clear();
        for (var minute = 0; minute < 120; minute++)
        {
            Time.Advance(SweepInterval);
            if (minute % 10 == 0)
                await observer.StatusAsync();
        }

        engines.SelectMany(e => e.Requests.All).ShouldBeEmpty();
    }
}
