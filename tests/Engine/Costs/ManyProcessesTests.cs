using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>
/// What processes cost that produce and consume side by side in one shard: each is served by what it wrote itself, in the main.
/// </summary>
public sealed class ManyProcessesTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Callers = 16;
    private const int UnderWay = 100;

    [Fact]
    public async Task Four_processes_that_produce_and_consume_take_less_than_a_quarter_of_a_request_a_message()
    {
        const int WarmUp = 3000;
        const int Counted = 6000;
        var first = await StartWithQueueAsync(time: TimeProvider.System);
        List<TestEngine> engines = [first, .. Enumerable.Range(0, 3).Select(_ => Start(time: TimeProvider.System))];
        // Enough for all callers, and no backlog.
        using var room = new SemaphoreSlim(UnderWay);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var received = 0;
        var calls = engines
            .SelectMany(engine =>
                Enumerable
                    .Range(0, Callers)
                    .SelectMany(_ =>
                        new[]
                        {
                            Task.Run(async () =>
                            {
                                while (!stop.IsCancellationRequested)
                                {
                                    await room.WaitAsync(stop.Token);
                                    await engine.EnqueueAsync("x");
                                }
                            }),
                            Task.Run(async () =>
                            {
                                while (!stop.IsCancellationRequested)
                                {
                                    foreach (var message in await engine.DequeueAsync(wait: TimeSpan.FromSeconds(1)))
                                    {
                                        await engine.AckAsync(message);
                                        room.Release();
                                        Interlocked.Increment(ref received);
                                    }
                                }
                            }),
                        }
                    )
            )
            .ToList();
        await Eventually.HoldsAsync("they know of each other", () => Volatile.Read(ref received) >= WarmUp, Eventually.MuchPatience);
        engines.ForEach(e => e.Requests.Clear());
        var (before, conflicts) = (Volatile.Read(ref received), engines.Sum(e => e.Conflicts));
        await Eventually.HoldsAsync("enough is counted", () => Volatile.Read(ref received) >= before + Counted, Eventually.MuchPatience);
        var count = Volatile.Read(ref received) - before;
        double requests = engines.Sum(e => e.Requests.Count),
            queries = engines.Sum(e => e.Requests.CountOf(r => r.IsQuery));
        var writes = engines.Sum(e => e.Requests.CountOf(r => r.ChangesMessages));
        var met = engines.Sum(e => e.Conflicts) - conflicts;
        await stop.CancelAsync();
        await Task.WhenAll(calls.Select(call => call.ContinueWith(_ => { }, TaskScheduler.Default))).WithinPatienceAsync();
        var counted =
            $"{requests / count:0.000} requests a message, {queries / count:0.000} of them queries; "
            + $"{met} of {writes} writes met another's";
        TestContext.Current.SendDiagnosticMessage(counted);
        // On a quiet machine 0.18 and 0.015; a slow one takes longer, and some scans go by time.
        (requests / count).ShouldBeLessThanOrEqualTo(0.24, counted);
        (queries / count).ShouldBeLessThanOrEqualTo(0.04, counted);
        met.ShouldBeLessThanOrEqualTo(writes / 20, counted);
    }
}
