using System.Collections.Concurrent;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>A loop sleeps only when there is nothing to do.</summary>
public sealed class WorkLoopTests
{
    [Fact]
    public async Task What_is_posted_while_the_loop_falls_asleep_or_wakes_is_done_all_the_same()
    {
        const int rounds = 300_000;
        var inbox = new ConcurrentQueue<TaskCompletionSource>();
        var loop = new WorkLoop(
            () =>
            {
                var any = false;
                while (inbox.TryDequeue(out var work))
                    any = work.TrySetResult();
                return Task.FromResult(any);
            },
            (_, _) => { }
        );

        // Each waits for its own work before it posts the next: work that was slept over is never done.
        await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < rounds; i++)
                        {
                            var done = new TaskCompletionSource();
                            inbox.Enqueue(done);
                            loop.Kick();
                            await done.Task.WithinPatienceAsync();
                        }
                    })
                )
        );
        await loop.WhenIdleAsync().WithinPatienceAsync();
    }

    [Fact]
    public async Task After_a_step_that_failed_what_came_in_meanwhile_is_done()
    {
        var (failures, done) = (0, new TaskCompletionSource());
        var inbox = new ConcurrentQueue<bool>();
        var loop = new WorkLoop(
            () =>
            {
                if (!inbox.TryDequeue(out var fails))
                    return Task.FromResult(false);
                if (fails)
                    throw new InvalidOperationException("A step fails.");
                done.SetResult();
                return Task.FromResult(true);
            },
            (_, _) => failures++
        );
        inbox.Enqueue(true);
        inbox.Enqueue(false);
        loop.Kick();
        await done.Task.WithinPatienceAsync();
        await loop.WhenIdleAsync().WithinPatienceAsync();
        failures.ShouldBe(1);
    }

    [Fact]
    public async Task Steps_that_always_fail_come_after_ever_longer_pauses_up_to_a_bound_and_the_first_alone_is_told_of_as_such()
    {
        var time = new FakeTimeProvider();
        var failed = new ConcurrentQueue<bool>();
        var loop = new WorkLoop(
            () => failed.Count < 20 ? throw new InvalidOperationException("A step fails.") : Task.FromResult(false),
            (_, first) => failed.Enqueue(first),
            time
        );
        loop.Kick();
        await Eventually.HoldsAsync("it pauses", () => failed.Count == 2);
        for (var failures = 2; failures < 20; failures++)
        {
            loop.Kick();
            time.Advance(WorkLoop.PauseAfter(failures) - TimeSpan.FromMilliseconds(1));
            failed.Count.ShouldBe(failures);
            await Eventually.HoldsAsync(
                "it goes on",
                () =>
                {
                    time.Advance(TimeSpan.FromMilliseconds(1));
                    return failed.Count > failures;
                }
            );
        }

        failed.Count(first => first).ShouldBe(1);
        var rest = loop.WhenIdleAsync();
        await Eventually.HoldsAsync(
            "it comes to rest",
            () =>
            {
                time.Advance(WorkLoop.PauseAfter(20));
                return rest.IsCompleted;
            }
        );
        var pauses = Enumerable.Range(0, 100).Select(WorkLoop.PauseAfter).ToList();
        pauses.ShouldBeInOrder(SortDirection.Ascending);
        pauses[2].ShouldBeGreaterThan(TimeSpan.Zero);
        pauses[^1].ShouldBe(TimeSpan.FromSeconds(5));
    }
}
