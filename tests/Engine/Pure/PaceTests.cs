using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Throttled storage is left alone, longer with each refusal, and asked again at full speed once it serves.</summary>
public sealed class PaceTests
{
    private readonly FakeTimeProvider time = new();
    private readonly Pace pace;

    public PaceTests() => pace = new Pace(time);

    [Fact]
    public void Nothing_waits_before_a_refusal_nor_after_the_next_success()
    {
        pace.WhenReadyAsync(TestContext.Current.CancellationToken).IsCompleted.ShouldBeTrue();
        pace.Refused(null);
        pace.WhenReadyAsync(TestContext.Current.CancellationToken).IsCompleted.ShouldBeFalse();
        pace.Served();
        pace.WhenReadyAsync(TestContext.Current.CancellationToken).IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Each_refusal_in_a_row_doubles_the_pause_up_to_a_limit()
    {
        var least = TimeSpan.FromMilliseconds(50);
        for (var i = 0; i < 20; i++)
        {
            pace.Refused(null);
            pace.Remaining.ShouldBeInRange(least, least * 1.25);
            least = least * 2 > TimeSpan.FromSeconds(4) ? TimeSpan.FromSeconds(4) : least * 2;
        }

        pace.Served();
        pace.Refused(null);
        pace.Remaining.ShouldBeInRange(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(62.5));
    }

    [Fact]
    public void What_storage_asks_for_is_the_least()
    {
        pace.Refused(TimeSpan.FromSeconds(7));
        pace.Remaining.ShouldBeInRange(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8.75));
    }

    [Fact]
    public async Task Whoever_waits_goes_on_when_the_pause_is_over_and_not_before()
    {
        pace.Refused(TimeSpan.FromSeconds(1));
        var waiting = pace.WhenReadyAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(999));
        waiting.IsCompleted.ShouldBeFalse();
        // Refused once more while it waited.
        pace.Refused(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(1));
        waiting.IsCompleted.ShouldBeFalse();
        await Eventually.HoldsAsync(
            "the pause ends",
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            }
        );
        await waiting;
    }
}
