using FuncQueue.Engine.Queues;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>When storage is scanned for receivers.</summary>
public sealed class ScanScheduleTests
{
    private static readonly ScanHistory Idle = ScanHistory.None with { EndedAt = 1, Interval = TimeSpan.FromSeconds(8), SawNothing = true };

    private static readonly ScanNeed Waiting = new()
    {
        Past = Idle,
        SinceLast = TimeSpan.FromSeconds(2),
        Shards = 8,
        AnybodyWaits = true,
        UntilDeadline = TimeSpan.FromSeconds(10),
        UntilDue = null,
        Arrived = false,
        Hurry = false,
    };

    [Fact]
    public void Nobody_waits_no_scan_but_for_one_a_second_while_somebody_dequeues()
    {
        var nobody = Waiting with { AnybodyWaits = false, UntilDeadline = null };
        ScanSchedule.Decide(nobody with { SinceLast = TimeSpan.FromSeconds(0.9) }).ShouldBe(new ScanStep.Rest());
        ScanSchedule.Decide(nobody with { SinceLast = TimeSpan.FromSeconds(1) }).ShouldBe(new ScanStep.Scan(Whole: false));
        ScanSchedule.Decide(nobody with { SinceLast = null }).ShouldBe(new ScanStep.Scan(Whole: false));
        var failing = nobody with { Past = Idle with { Failures = 1 }, SinceLast = TimeSpan.FromDays(1) };
        ScanSchedule.Decide(failing).ShouldBe(new ScanStep.Rest());
    }

    [Fact]
    public void Who_cannot_wait_has_the_whole_queue_scanned_at_once() =>
        ScanSchedule
            .Decide(Waiting with { SinceLast = TimeSpan.Zero, UntilDeadline = TimeSpan.Zero })
            .ShouldBe(new ScanStep.Scan(Whole: true));

    [Fact]
    public void What_has_been_forgotten_is_scanned_for_at_once() =>
        ScanSchedule.Decide(Waiting with { SinceLast = TimeSpan.Zero, Hurry = true }).ShouldBe(new ScanStep.Scan(Whole: false));

    [Fact]
    public void Others_wait_for_the_interval_a_deadline_or_a_due_message_and_a_second_at_most_at_a_time()
    {
        ScanSchedule.Decide(Waiting).ShouldBe(new ScanStep.Wait(TimeSpan.FromSeconds(1)));
        ScanSchedule.Decide(Waiting with { UntilDeadline = TimeSpan.FromSeconds(0.3) }).ShouldBe(Wait(0.3));
        ScanSchedule.Decide(Waiting with { UntilDue = TimeSpan.FromSeconds(0.4) }).ShouldBe(Wait(0.4));
        ScanSchedule.Decide(Waiting with { SinceLast = TimeSpan.FromSeconds(7.5) }).ShouldBe(Wait(0.5));
        ScanSchedule.Decide(Waiting with { UntilDue = TimeSpan.Zero }).ShouldBe(new ScanStep.Scan(Whole: false));
        ScanSchedule.Decide(Waiting with { SinceLast = TimeSpan.FromSeconds(8) }).ShouldBe(new ScanStep.Scan(Whole: false));
    }

    [Fact]
    public void Where_message_after_message_is_due_there_is_not_a_scan_for_each() =>
        ScanSchedule.Decide(Waiting with { SinceLast = TimeSpan.FromMilliseconds(150), UntilDue = TimeSpan.Zero }).ShouldBe(Wait(0.05));

    [Fact]
    public void The_first_to_come_is_not_kept_waiting_for_the_rest_of_a_long_interval()
    {
        ScanSchedule.Decide(Waiting with { Arrived = true, SinceLast = TimeSpan.FromSeconds(4) }).ShouldBe(new ScanStep.Scan(Whole: false));
        ScanSchedule.Decide(Waiting with { Arrived = true, SinceLast = TimeSpan.FromSeconds(3) }).ShouldBeOfType<ScanStep.Wait>();
    }

    [Fact]
    public void Intervals_double_while_nothing_is_found_and_are_short_again_once_something_is()
    {
        var (past, seconds) = (ScanHistory.None, new List<double>());
        for (var i = 0; i < 9; i++)
        {
            past = past.After(Results(8, found: 0), i, i);
            seconds.Add(past.Interval.TotalSeconds);
        }

        seconds.ShouldBe([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 8, 8, 8]);
        past.After(Results(8, found: 1), 9, 9).Interval.ShouldBe(TimeSpan.FromSeconds(0.2));
        Enumerable.Range(1, Limits.MaxShards).Select(ScanSchedule.LongestOf).ShouldAllBe(longest => longest <= TimeSpan.FromSeconds(8));
        ScanSchedule.LongestOf(1).ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Empty_is_what_a_whole_scan_says_that_found_nothing()
    {
        ScanHistory
            .None.After(Results(2, found: 0), began: 5, ended: 1)
            .ShouldSatisfyAllConditions(p => p.SawNothing.ShouldBeTrue(), p => p.LastEmpty.ShouldBe(5));
        ScanHistory
            .None.After([.. Results(1, found: 0), new ScanResult(0, Empty: false, null)], began: 5, ended: 1)
            .ShouldSatisfyAllConditions(p => p.SawNothing.ShouldBeFalse(), p => p.LastEmpty.ShouldBe(0));
        ScanHistory.None.After(Results(2, found: 1), began: 5, ended: 1).SawNothing.ShouldBeFalse();
    }

    [Fact]
    public void After_failures_that_nobody_foresaw_even_the_urgent_wait_longer_and_longer_up_to_a_bound()
    {
        var past = ScanHistory.None;
        var pauses = new List<TimeSpan>();
        for (var failures = 1; failures < 100; failures++)
        {
            past = past.AfterFailure(8, failures);
            pauses.Add(ScanSchedule.PauseAfter(past.Failures));
            var urgent = Waiting with { Past = past, SinceLast = TimeSpan.Zero, UntilDeadline = TimeSpan.Zero, Hurry = true };
            (ScanSchedule.Decide(urgent) is ScanStep.Scan).ShouldBe(failures == 1);
            ScanSchedule.Decide(urgent with { SinceLast = pauses[^1] }).ShouldBeOfType<ScanStep.Scan>();
        }

        pauses.ShouldBeInOrder(SortDirection.Ascending);
        pauses[^1].ShouldBe(TimeSpan.FromSeconds(5));
        past.After(Results(8, found: 0), 0, 0).Failures.ShouldBe(0);
    }

    private static ScanStep.Wait Wait(double seconds) => new(TimeSpan.FromSeconds(seconds));

    private static ScanResult[] Results(int shards, int found) =>
        [.. Enumerable.Range(0, shards).Select(_ => new ScanResult(found, Empty: found == 0, null))];
}
