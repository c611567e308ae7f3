using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>What sweeps ask of storage, and keep in memory, when there is much.</summary>
public sealed class SweepCostTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1500)]
    public async Task Keys_whose_window_has_ended_are_forgotten_a_hundred_at_a_time(int lasting)
    {
        const int Keys = 1000;
        var engine = await StartWithQueueAsync(new QueueSettingsChange { DeduplicationWindow = TimeSpan.FromSeconds(10) });
        await EnqueueAsync(engine, "ends", Keys);
        await engine.PutQueueAsync(new QueueSettingsChange { DeduplicationWindow = TimeSpan.FromMinutes(10) });
        await EnqueueAsync(engine, "lasts", lasting);
        Time.Advance(TimeSpan.FromMinutes(1));
        engine.Requests.Clear();
        await engine.SweepAsync(SweepScope.Storage);
        // Ten to delete, one for the lists; keys that stay lie between those that go.
        engine.Requests.Count.ShouldBeLessThanOrEqualTo(lasting == 0 ? 30 : 60);
        foreach (var (text, forgotten) in new[] { ("ends", true), ("lasts", false) })
        {
            for (var i = 0; i < (forgotten ? Keys : lasting); i += 97)
                (await engine.TryEnqueueAsync(Keyed(text, i))).Value.Duplicate.ShouldBe(!forgotten);
        }
    }

    [Fact]
    public async Task A_key_that_was_taken_again_since_it_ended_is_not_forgotten()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { DeduplicationWindow = TimeSpan.FromSeconds(10) });
        await EnqueueAsync(engine, "x", 30);
        Time.Advance(TimeSpan.FromSeconds(20));
        (await engine.TryEnqueueAsync(Keyed("x", 7))).Value.Duplicate.ShouldBeFalse();
        await engine.SweepAsync(SweepScope.Storage);
        (await engine.TryEnqueueAsync(Keyed("x", 7))).Value.Duplicate.ShouldBeTrue();
        (await engine.TryEnqueueAsync(Keyed("x", 8))).Value.Duplicate.ShouldBeFalse();
    }

    [Fact]
    public async Task Rows_of_payloads_are_collected_a_hundred_at_a_time()
    {
        const int Payloads = 150;
        var engine = await StartWithQueueAsync();
        var body = MessageBody.FromBytes(new byte[Limits.MaxInlineBodyBytes + 1]);
        for (var i = 0; i < Payloads; i += 50)
            await engine.EnqueueAllAsync(Enumerable.Range(0, 50).Select(_ => new NewMessage { Body = body }));
        (await engine.Engine.PurgeAsync(engine.Queue, MessageSource.Live, Cancellation)).Value.Count.ShouldBe(Payloads);
        Time.Advance(TimeSpan.FromMinutes(1));
        engine.Requests.Clear();
        (await engine.SweepAsync(SweepScope.Storage)).PayloadsDeleted.ShouldBe(Payloads);
        engine.Requests.CountOf(r => r.IsBlob).ShouldBe(Payloads);
        engine.Requests.CountOf(r => !r.IsBlob).ShouldBeLessThanOrEqualTo(10);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Leftovers_of_deleted_queues_are_cleared_together()
    {
        const int Queues = 12;
        var engine = Start();
        for (var i = 0; i < Queues; i++)
        {
            engine.Queue = TestEngine.Name($"queue-{i}");
            await engine.PutQueueAsync();
            (await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation)).Value.ShouldBeTrue();
        }

        Time.Advance(TimeSpan.FromHours(2));
        engine.Requests.Clear();
        (await engine.SweepAsync(SweepScope.Storage)).ShardsFailed.ShouldBe(0);
        engine.Requests.CountOf(r => r.IsTableWrite).ShouldBe(1);
        engine.Requests.Clear();
        await engine.SweepAsync(SweepScope.Storage);
        engine.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_that_are_scheduled_for_later_cost_a_sweep_nothing_until_they_are_due()
    {
        const int Rows = 3000;
        var options = Options with { MaxMessagesPerRow = 1 };
        var engine = await StartWithQueueAsync(options: options);
        for (var i = 0; i < Rows / 100; i++)
            await engine.EnqueueAllAsync(
                Enumerable
                    .Range(0, 100)
                    .Select(n => TestEngine.Text("x") with { Delay = TimeSpan.FromDays(30), TimeToLive = TimeSpan.FromMinutes(1) })
            );
        await engine.EnqueueAllAsync(["ready", "too"]);
        await engine.DequeueOneAsync(TimeSpan.FromSeconds(30));
        Time.Advance(TimeSpan.FromSeconds(31));
        foreach (var everything in new[] { false, true })
        {
            engine.Requests.Clear();
            (await engine.SweepAsync(SweepScope.ExpiredLeases | SweepScope.Poison, everything)).Redelivered.ShouldBe(everything ? 0 : 1);
            // A page of the live, one of the dead, and the registry.
            engine
                .Requests.CountOf(r => r.IsQuery && !r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal))
                .ShouldBeLessThanOrEqualTo(2);
        }

        // Depth is told as far as it is known.
        engine.Gauges.ShouldContain(g => g.Tags.EndsWith("=ready", StringComparison.Ordinal) && g.Value == 2);
        engine.Gauges.ShouldNotContain(g => g.Tags.EndsWith("=scheduled", StringComparison.Ordinal));
        (await engine.CountsAsync()).Scheduled.ShouldBe(Rows);
        // When they are due they are found, though nobody has written since.
        for (var i = 0; i < 6; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await engine.SweepAsync(SweepScope.Poison);
        }

        Time.Advance(TimeSpan.FromDays(31));
        (await engine.SweepAsync(SweepScope.Poison)).Expired.ShouldBe(Rows + 2);
    }

    [Fact]
    public async Task Shards_are_visited_side_by_side_within_a_bound()
    {
        var (engine, sweeper) = (Start(), Start());
        for (var i = 0; i < 20; i++)
        {
            engine.Queue = TestEngine.Name($"queue-{i}");
            await engine.PutQueueAsync();
            await engine.EnqueueAsync("x");
        }

        var held = Enumerable.Range(0, 20).Select(_ => sweeper.Faults.Hold(IsVisit)).ToList();
        var sweep = sweeper.SweepAsync(SweepScope.ExpiredLeases);
        await Task.WhenAll(held.Take(8).Select(h => h.Reached));
        // The bound holds: no other has been begun.
        held.Skip(8).ShouldAllBe(h => !h.HasBeenReached);
        held.ForEach(h => h.Release());
        (await sweep).ShardsVisited.ShouldBe(20);

        bool IsVisit(StorageRequest r) => r.IsQuery && !r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_full_pass_has_no_idle_queue_in_mind()
    {
        const int Queues = 20,
            Shards = 32;
        var maker = Start();
        for (var i = 0; i < Queues; i++)
        {
            maker.Queue = TestEngine.Name($"q{i}");
            await maker.PutQueueAsync(new QueueSettingsChange { Shards = Shards });
        }

        // One with a message is in mind after it, the idle ones are not.
        await maker.EnqueueAsync("a");
        var sweeper = Start();
        (await sweeper.SweepAsync(everything: true)).ShardsVisited.ShouldBe(Queues * Shards);
        sweeper.Engine.KnownQueues.ShouldBe(1);
        // One request for each shard that holds nothing.
        sweeper
            .Requests.CountOf(r => r.IsQuery && !r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal))
            .ShouldBeInRange(Queues * Shards, Queues * Shards + 10);
    }

    private static async Task EnqueueAsync(TestEngine engine, string text, int count)
    {
        for (var i = 0; i < count; i += 50)
            await engine.EnqueueAllAsync(Enumerable.Range(i, 50).Select(n => Keyed(text, n)));
    }

    private static NewMessage Keyed(string text, int number) => TestEngine.Text(text) with { DeduplicationId = $"{text} {number}" };
}
