using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Deduplication;

/// <summary>A deduplication window is never cut short by a clock that is ahead within the bound.</summary>
public sealed class WindowClockTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeat_through_a_process_whose_clock_is_ahead_is_one_to_the_end_of_the_window(bool sweeps)
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { DeduplicationWindow = Window });
        var ahead = Start(time: new FakeTimeProvider(Time.GetUtcNow() + Window - TimeSpan.FromMilliseconds(1) + Options.ClockSkewBound));
        var message = TestEngine.Text("a") with { DeduplicationId = "a" };
        var id = await engine.EnqueueAsync(message);
        // By the right clock a millisecond of the window is left; by its own the window has ended.
        if (sweeps)
            await ahead.SweepAsync(SweepScope.Storage);
        var again = (await ahead.TryEnqueueAsync(message)).Value;
        (again.Duplicate, again.MessageId).ShouldBe((true, id));
    }
}
