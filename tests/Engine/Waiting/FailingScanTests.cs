using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Waiting;

/// <summary>Storage answers a scan with what nobody foresaw, again and again.</summary>
public sealed class FailingScanTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task A_scan_that_fails_is_told_to_those_who_wait_and_not_repeated_for_nobody()
    {
        ExpectsErrors = true;
        var engine = await StartWithQueueAsync(time: TimeProvider.System);
        var failed = engine.Faults.Reject(r => r.IsQuery, int.MaxValue);
        (await engine.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        await engine.Engine.WhenIdleAsync().WithinPatienceAsync();
        failed.Count.ShouldBe(1);
        engine.LoggedErrors.Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_receivers_keep_coming_scans_that_fail_come_after_ever_longer_pauses_and_one_line_is_logged()
    {
        ExpectsErrors = true;
        var engine = await StartWithQueueAsync();
        var failed = engine.Faults.Reject(r => r.IsQuery, int.MaxValue);
        // The first two at once, as a fault may be over when the next receiver comes; from then on only when time passes.
        for (var i = 0; i < 2; i++)
            (await engine.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        var waiting = Enumerable.Range(0, 20).Select(_ => engine.TryDequeueAsync()).ToList();
        var passed = TimeSpan.Zero;
        for (var scans = 3; scans < 9; scans++)
        {
            await Eventually.HoldsAsync(
                "the next scan fails",
                () =>
                {
                    Time.Advance(TimeSpan.FromMilliseconds(100));
                    passed += TimeSpan.FromMilliseconds(100);
                    return failed.Count >= scans;
                }
            );
            (await Task.WhenAll(waiting)).ShouldAllBe(o => o.Failure is Failure.StorageUnavailable);
            waiting = [.. Enumerable.Range(0, 20).Select(_ => engine.TryDequeueAsync())];
        }

        // 0.1 + 0.2 + … + 3.2 s, and not a scan for each of the receivers.
        passed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(6.3));
        failed.Count.ShouldBe(8);
        engine.LoggedErrors.Count.ShouldBe(1);
        engine.Faults.Clear();
        await Eventually.HoldsAsync(
            "storage is scanned again",
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(1));
                return waiting.TrueForAll(w => w.IsCompleted);
            }
        );
        (await Task.WhenAll(waiting)).ShouldAllBe(o => o.Failure == null);
    }
}
