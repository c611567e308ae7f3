using CsCheck;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// Guarantees 1 and 2: in random histories of two processes, messages leave a queue only by ack, expiry, purge and
/// <c>mode=delete</c>, and everything else stands as a simple model says.
/// </summary>
public sealed class HistoryTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly Gen<QueueSettingsChange> AnySettings = Gen.Select(
        Gen.OneOf<int?>(null, 1, 2, 3),
        Gen.OneOf(ExpiryAction.Drop, ExpiryAction.DeadLetter),
        Gen.OneOf(0, 5),
        Gen.OneOf<int?>(null, 60),
        Gen.Int[1, 3],
        (maxDeliveries, onExpiry, backoff, deadTtl, shards) => new QueueSettingsChange
        {
            MaxDeliveryCount = maxDeliveries,
            MessageTimeToLive = TimeSpan.FromSeconds(300),
            OnExpiry = onExpiry,
            RetryBackoffInitial = TimeSpan.FromSeconds(backoff),
            RetryBackoffMax = TimeSpan.FromSeconds(backoff * 3),
            DeadLetterTimeToLive = deadTtl is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Shards = shards,
        });

    [Fact]
    public async Task Every_message_is_where_the_model_says_after_any_history()
    {
        var options = Options with { ClockSkewBound = TimeSpan.Zero };
        var number = 0;
        await Gen.Select(AnySettings, Operation.History).SampleAsync(
            async (change, history) =>
            {
                // Processes that know nothing yet, so that a history can be shrunk.
                var processes = new[] { Start(options), Start(options) };
                var name = TestEngine.Name($"queue-{Interlocked.Increment(ref number)}");
                processes[0].Queue = processes[1].Queue = name;
                await processes[0].PutQueueAsync(change);
                var runner = new HistoryRunner(processes, Time, change.ApplyTo(new QueueSettings()));
                foreach (var operation in history)
                    await runner.RunAsync(operation);
                await runner.CompareAsync();
                (await processes[0].Engine.DeleteQueueAsync(name, Cancellation)).Value.ShouldBeTrue();
            },
            iter: 60,
            threads: 1,
            print: sample => $"{sample.Item1.ApplyTo(new QueueSettings())}\n{string.Join('\n', sample.Item2.Select(o => o.ToString()))}");
    }
}
