using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>What operations cost in requests to storage, counted, on processes that have warmed up.</summary>
public sealed class RequestCountTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_lone_enqueue_is_one_write_and_nothing_else()
    {
        var engine = await WarmAsync();
        for (var i = 0; i < 10; i++)
        {
            engine.Requests.Clear();
            await engine.EnqueueAsync("a");
            engine.Requests.All.ShouldHaveSingleItem().InsertsMessages.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_batch_enqueue_is_one_write_of_as_few_rows_as_it_fits_in()
    {
        var engine = await WarmAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(i => $"{i}"));
        engine.Requests.All.ShouldHaveSingleItem().Operations.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Sixty_four_concurrent_enqueues_cost_at_most_a_twentieth_of_a_request_each()
    {
        var engine = await WarmAsync();
        const int Rounds = 20;
        for (var round = 0; round < Rounds; round++)
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => engine.EnqueueAsync($"{i}")));
        (engine.Requests.Count / (64.0 * Rounds)).ShouldBeLessThanOrEqualTo(0.05);
    }

    [Fact]
    public async Task A_dequeue_of_a_whole_row_and_the_acks_of_it_are_a_request_each()
    {
        var engine = await WarmAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 32).Select(i => $"{i}"));
        engine.Requests.Clear();
        var messages = await engine.DequeueAsync(32);
        messages.Count.ShouldBe(32);
        engine.Requests.CountOf(r => r.IsTableWrite).ShouldBe(1);
        engine.Requests.Clear();
        (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
        engine.Requests.CountOf(r => r.IsTableWrite).ShouldBe(1);
        engine.Requests.CountOf(r => r.IsRowRead).ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_of_receipts_is_one_write_however_soon_its_shard_begins()
    {
        var engine = await WarmAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 100).Select(i => $"{i}"));
        var messages = await engine.DequeueAsync(100);
        messages.Count.ShouldBe(100);
        for (var i = 0; i < 200; i++)
        {
            engine.Requests.Clear();
            (await engine.TrySettleAsync(new Settlement.Extend(TimeSpan.FromSeconds(60 + i)), messages)).Value.ShouldAllBe(s =>
                s.Status == SettleStatus.Ok
            );
            engine.Requests.CountOf(r => r.IsTableWrite).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Concurrent_acks_of_one_row_share_their_writes()
    {
        var engine = await WarmAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 64).Select(i => $"{i}"));
        var messages = await engine.DequeueAsync(64);
        engine.Requests.Clear();
        (await Task.WhenAll(messages.Select(m => engine.AckAsync(m)))).ShouldAllBe(s => s == SettleStatus.Ok);
        engine.Requests.CountOf(r => r.IsTableWrite).ShouldBeLessThanOrEqualTo(6);
    }

    [Theory]
    [InlineData(1, 0, 3)]
    [InlineData(1, 60, 12)]
    [InlineData(10, 0, 3)]
    public async Task Calls_that_come_alone_cost_a_handful_of_requests_for_enqueue_dequeue_and_ack_together(
        int messages,
        int secondsBetween,
        int atMost
    )
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromHours(1) });
        await engine.EnqueueAsync("first");
        await engine.AckAsync(await engine.DequeueOneAsync());
        engine.Requests.Clear();
        Time.Advance(TimeSpan.FromSeconds(secondsBetween));
        await engine.EnqueueAllAsync(Enumerable.Range(0, messages).Select(i => $"{i}"));
        Time.Advance(TimeSpan.FromSeconds(secondsBetween));
        var delivered = await engine.DequeueAsync(messages);
        Time.Advance(TimeSpan.FromSeconds(secondsBetween));
        (await engine.TrySettleAsync(new Settlement.Ack(), delivered)).Value.Count.ShouldBe(messages);
        engine.Requests.Count.ShouldBeLessThanOrEqualTo(atMost, Describe(engine));
    }

    [Fact]
    public async Task A_whole_life_costs_at_most_a_tenth_of_a_request_for_each_message()
    {
        var engine = await WarmAsync();
        const int Rounds = 10;
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => engine.EnqueueAsync($"{i}")));
            for (var received = 0; received < 64; )
            {
                var messages = await engine.DequeueAsync(32);
                (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s => s.Status == SettleStatus.Ok);
                received += messages.Count;
            }
        }

        (engine.Requests.Count / (64.0 * Rounds)).ShouldBeLessThanOrEqualTo(0.1, Describe(engine));
    }

    [Fact]
    public async Task A_whole_life_among_producers_and_consumers_at_once_costs_at_most_a_tenth_of_a_request_for_each_message()
    {
        var engine = await WarmAsync(TimeProvider.System);
        const int Each = 30;
        var producers = Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(async p =>
                {
                    for (var i = 0; i < Each; i++)
                        await engine.EnqueueAsync($"{p}.{i}");
                })
        );
        var acked = 0;
        await Task.WhenAll(
                Enumerable
                    .Range(0, 2)
                    .Select(async _ =>
                    {
                        while (Volatile.Read(ref acked) < 64 * Each)
                        {
                            var messages = await engine.DequeueAsync(32, wait: TimeSpan.FromSeconds(1));
                            if (messages.Count > 0)
                                (await engine.TrySettleAsync(new Settlement.Ack(), messages)).Value.ShouldAllBe(s =>
                                    s.Status == SettleStatus.Ok
                                );
                            Interlocked.Add(ref acked, messages.Count);
                        }
                    })
                    .Append(producers)
            )
            .WithinPatienceAsync();
        (engine.Requests.Count / (64.0 * Each)).ShouldBeLessThanOrEqualTo(0.1, Describe(engine));
    }

    [Fact]
    public async Task Among_as_many_consumers_of_single_messages_as_producers_a_life_costs_less_than_a_fifteenth_of_a_request()
    {
        var engine = await WarmAsync(TimeProvider.System);
        const int Each = 60;
        var acked = 0;
        var producers = Enumerable
            .Range(0, 64)
            .Select(async p =>
            {
                for (var i = 0; i < Each; i++)
                    await engine.EnqueueAsync($"{p}.{i}");
            });
        var consumers = Enumerable
            .Range(0, 64)
            .Select(async _ =>
            {
                while (Volatile.Read(ref acked) < 64 * Each)
                {
                    foreach (var message in await engine.DequeueAsync(wait: TimeSpan.FromSeconds(1)))
                    {
                        (await engine.AckAsync(message)).ShouldBe(SettleStatus.Ok);
                        Interlocked.Increment(ref acked);
                    }
                }
            });
        await Task.WhenAll(producers.Concat(consumers)).WithinPatienceAsync();
        (engine.Requests.CountOf(r => r.WritesQueue) / (64.0 * Each)).ShouldBeLessThan(1 / 15.0, Describe(engine));
    }

    private async Task<TestEngine> WarmAsync(TimeProvider? time = null)
    {
        var engine = await StartWithQueueAsync(time: time);
        await engine.EnqueueAsync("warm");
        await engine.AckAsync(await engine.DequeueOneAsync());
        (await engine.DequeueAsync()).ShouldBeEmpty();
        engine.Requests.Clear();
        return engine;
    }

    private static string Describe(TestEngine engine) =>
        string.Join(
            ", ",
            engine
                .Requests.All.CountBy(r =>
                    r.InsertsMessages ? "inserts"
                    : r.ChangesMessages ? "changes"
                    : r.IsQuery ? "queries"
                    : r.IsRowRead ? "reads"
                    : "others"
                )
                .Select(c => $"{c.Value} {c.Key}")
        );
}
