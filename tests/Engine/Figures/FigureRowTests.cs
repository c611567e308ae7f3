using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Figures;

/// <summary>What is stored of figures: what reading it costs, whose it is, and what becomes of it.</summary>
public sealed class FigureRowTests(AzuriteFixture azurite) : FigureTest(azurite)
{
    [Fact]
    public async Task Figures_take_two_requests_however_long_the_queue()
    {
        var engine = Start();
        for (var i = 0; i < 5; i++)
        {
            engine.Queue = TestEngine.Name($"queue-{i}");
            await engine.PutQueueAsync(new QueueSettingsChange { Shards = 4 });
            await engine.EnqueueInEveryShardAsync(4);
            await engine.EnqueueAllAsync(Enumerable.Range(0, 50).Select(n => $"{n}"));
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await engine.SweepAsync();
        var observer = Start();
        observer.Queue = engine.Queue;
        (await FiguresAsync(observer)).Ready.ShouldBe(54);
        observer.Requests.Count.ShouldBe(2);
        observer.Requests.Clear();
        (await HistoryAsync(observer)).Count.ShouldBe(1);
        observer.Requests.Count.ShouldBe(2);
        observer.Requests.Clear();
        var page = (await observer.Figures.ListAsync("queue-", 100, null, Cancellation)).Value;
        page.Continuation.ShouldBeNull();
        page.Queues.Select(q => (q.Queue.Name.Value, q.Figures.Ready)).ShouldBe(Enumerable.Range(0, 5).Select(i => ($"queue-{i}", 54L)));
        observer.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Lists_with_figures_go_page_by_page()
    {
        var engine = Start();
        foreach (var name in new[] { "a", "b", "b.x", "c", "other" })
        {
            engine.Queue = TestEngine.Name(name);
            await engine.PutQueueAsync();
            await engine.EnqueueAsync(name);
        }

        var (names, continuation) = (new List<string>(), (string?)null);
        do
        {
            var page = (await engine.Figures.ListAsync("", 2, continuation, Cancellation)).Value;
            page.Queues.ShouldAllBe(q => q.Figures.AsOf == q.Queue.CreatedAt);
            names.AddRange(page.Queues.Select(q => q.Queue.Name.Value));
            continuation = page.Continuation;
        } while (continuation is not null);
        names.ShouldBe(["a", "b", "b.x", "c", "other"]);
        (await engine.Figures.ListAsync("none", 2, null, Cancellation)).Value.Queues.ShouldBeEmpty();
        (await engine.Figures.ListAsync("", 2, "/", Cancellation)).Failure.ShouldBeOfType<Failure.Invalid>();
        (await engine.Figures.GetAsync(TestEngine.Name("nobody"), Cancellation)).Failure.ShouldBeOfType<Failure.QueueNotFound>();
        (await engine.Figures.GetHistoryAsync(TestEngine.Name("nobody"), 1, Cancellation)).Failure.ShouldBeOfType<Failure.QueueNotFound>();
    }

    [Fact]
    public async Task A_queue_made_anew_begins_at_nothing_and_leaves_nothing_behind()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAllAsync("a", "b");
        Time.Advance(TimeSpan.FromMinutes(1));
        await sweeper.SweepAsync();
        (await FiguresAsync(sweeper)).Ready.ShouldBe(2);
        await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation);
        await engine.PutQueueAsync(new QueueSettingsChange());
        foreach (var process in new[] { engine, sweeper })
        {
            CountsOf(await FiguresAsync(process)).ShouldBe(default);
            (await HistoryAsync(process)).ShouldBeEmpty();
        }

        await engine.EnqueueAsync("c");
        Time.Advance(TimeSpan.FromMinutes(1));
        await engine.SweepAsync();
        (await FiguresAsync(sweeper)).Ready.ShouldBe(1);
        (await HistoryAsync(sweeper)).ShouldHaveSingleItem().Since.Enqueued.ShouldBe(1);
        // What is removed an hour later is the first one's, and nothing of the second.
        Time.Advance(TimeSpan.FromHours(2));
        await sweeper.SweepAsync(SweepScope.Storage);
        (await HistoryAsync(sweeper)).ShouldHaveSingleItem();
        (await FiguresAsync(sweeper)).Ready.ShouldBe(1);
        await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation);
        Time.Advance(TimeSpan.FromHours(2));
        await sweeper.SweepAsync(SweepScope.Storage);
        (await StoredFigures.KeysAsync(Azurite, Options)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Figures_of_a_later_version_are_left_alone_and_keep_nobody_from_sweeping()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("a");
        await engine.DequeueOneAsync(TimeSpan.FromSeconds(30));
        await StoredFigures.PutAsync(Azurite, Options, $"n:{engine.Queue.Value}", [99, 1, 2, 3]);
        for (var minute = 0; minute < 10; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            (await sweeper.SweepAsync()).ShardsFailed.ShouldBe(0);
        }

        // The shard went quiet all the same, and the row is as it was.
        (await sweeper.SweepAsync()).ShardsVisited.ShouldBe(0);
        (await StoredFigures.KeysAsync(Azurite, Options)).ShouldBe([$"n:{engine.Queue.Value}"]);
        (await FiguresAsync(sweeper)).AsOf.ShouldBe((await engine.StatusAsync()).Queue.CreatedAt);
    }
}
