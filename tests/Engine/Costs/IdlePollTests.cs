using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Costs;

/// <summary>What receivers cost that wait at a queue where nothing happens.</summary>
public sealed class IdlePollTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Processes = 16;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 1)]
    [InlineData(8, 10)]
    public async Task Long_polls_of_sixteen_processes_at_an_idle_queue_take_at_most_twenty_requests_a_second(int shards, int receivers)
    {
        // Processes know nothing of each other here: one tells what all of them take.
        var (engine, observer) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = shards }), Start());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var polls = Enumerable
            .Range(0, receivers)
            .Select(i =>
                Task.Run(async () =>
                {
                    var request = new DequeueRequest { Wait = Limits.MaxWait - TimeSpan.FromSeconds(i) };
                    while (!stop.IsCancellationRequested)
                        (await engine.Engine.DequeueAsync(engine.Queue, MessageSource.Live, request, stop.Token)).Value.ShouldBeEmpty();
                })
            )
            .ToList();
        await Eventually.HoldsAsync("the receivers wait", () => engine.Requests.CountOf(r => r.IsQuery) >= shards);
        await PassAsync(seconds: 60);
        engine.Requests.Clear();
        const int Seconds = 120;
        await PassAsync(Seconds);
        var requests = engine.Requests.CountOf(r => !r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal));
        await stop.CancelAsync();
        await Task.WhenAll(polls.Select(p => p.ContinueWith(_ => { }, TaskScheduler.Default)));
        // It did look for messages all the time.
        requests.ShouldBeGreaterThanOrEqualTo(shards * Seconds / 20);
        (requests * Processes / (double)Seconds).ShouldBeLessThanOrEqualTo(20);

        async Task PassAsync(int seconds)
        {
            for (var i = 0; i < seconds * 2; i++)
            {
                Time.Advance(TimeSpan.FromMilliseconds(500));
                // Meanwhile storage answers somebody else: whatever the engine wanted to ask, it could.
                await observer.StatusAsync();
            }
        }
    }
}
