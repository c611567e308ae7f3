using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Reading;

/// <summary>Readers that wait at the end of a partition share the looks for more, and cost nothing when there is none of them.</summary>
public sealed class LongReadTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task A_waiting_reader_gets_what_its_own_process_stores_without_a_request()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var reads = Enumerable.Range(0, 10).Select(_ => WaitAsync(engine, 1)).ToList();
        await AllWaitAsync(engine, 10);
        engine.Requests.Clear();
        await PublishAsync(engine, "b");
        foreach (var read in reads)
            (await read).Records.Select(TextOf).ShouldBe(["b"]);
        engine.Requests.CountOf(Looks).ShouldBe(0);
    }

    [Fact]
    public async Task Waiting_readers_share_one_look_at_what_others_store()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(other, "a");
        var reads = Enumerable.Range(0, 20).Select(_ => WaitAsync(engine, 1)).ToList();
        await AllWaitAsync(engine, 20);
        await PublishAsync(other, "b");
        engine.Requests.Clear();
        await Eventually.HoldsAsync(
            "it was found",
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(25));
                return reads.TrueForAll(r => r.IsCompleted);
            }
        );
        foreach (var read in reads)
            (await read).Records.Select(TextOf).ShouldBe(["b"]);
        // One that found it; and perhaps one that began before.
        engine.Requests.CountOf(Looks).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_reader_for_whom_nothing_comes_is_told_so_when_its_time_is_up_and_then_nobody_looks()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var read = WaitAsync(engine, 1);
        for (var second = 0; second < 20; second++)
        {
            read.IsCompleted.ShouldBeFalse();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await read).ShouldSatisfyAllConditions(
            p => p.Records.ShouldBeEmpty(),
            p => p.NextOffset.ShouldBe(1),
            p => p.EndOffset.ShouldBe(1)
        );
        await Eventually.HoldsAsync(
            "nobody looks any more",
            () =>
            {
                engine.Requests.Clear();
                Time.Advance(TimeSpan.FromSeconds(2));
                return engine.Requests.Count == 0;
            }
        );
        Time.Advance(TimeSpan.FromMinutes(1));
        await Task.Yield();
        engine.Requests.Count.ShouldBe(0);
    }

    [Fact]
    public async Task The_looks_become_rarer_while_nothing_comes()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var read = WaitAsync(engine, 1);
        await AllWaitAsync(engine, 1);
        engine.Requests.Clear();
        for (var step = 0; step < 19_000 / 25; step++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(25));
            if (step % 8 == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancellation);
        }

        // 25, 50, 100, … ms, then every second.
        engine.Requests.CountOf(Looks).ShouldBeLessThanOrEqualTo(26);
        Time.Advance(TimeSpan.FromSeconds(2));
        (await read).Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_process_that_is_about_to_stop_keeps_nobody_waiting()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var read = WaitAsync(engine, 1);
        await AllWaitAsync(engine, 1);
        engine.Topics.StopWaiting();
        (await read).Records.ShouldBeEmpty();
        (await WaitAsync(engine, 1)).Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_that_leaves_is_let_go()
    {
        var engine = await StartWithTopicAsync();
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var request = new ReadRequest { Partition = 0, Wait = Limits.MaxWait };
        var read = engine.Topics.ReadAsync(Events, request, leaves.Token);
        await AllWaitAsync(engine, 1);
        await leaves.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => read);
    }

    /// <summary>A request that was sent says little: its reader may find at once, or look again, what comes before the answer.</summary>
    private static Task AllWaitAsync(TestEngine engine, int readers) =>
        Eventually.HoldsAsync("all wait", () => engine.Topics.WaitingReaders == readers);

    private static bool Looks(StorageRequest request) => request.IsQuery && request.Partition == "00";

    private static async Task<RecordPage> WaitAsync(TestEngine engine, long from) =>
        (
            await TryReadAsync(
                engine,
                new ReadRequest
                {
                    Partition = 0,
                    From = new ReadFrom.Offset(from),
                    Wait = Limits.MaxWait,
                }
            )
        ).Value;
}
