using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Client.Tests.Fake;

/// <summary>Leases over time that no test can wait for.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider time = new(
        DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
    );
    private readonly FakeServer server;
    private readonly FuncQueueClient client;

    public LeaseTests()
    {
        server = new FakeServer(time);
        client = new FuncQueueClient(
            new Uri("http://fake"),
            options: new FuncQueueClientOptions
            {
                Handler = server,
                TimeProvider = time,
                MaxRetries = 0,
            }
        );
    }

    [Fact]
    public async Task A_handler_of_45_minutes_acks_under_a_lease_of_30_seconds()
    {
        server.Add(1);
        var ended = false;
        await using var processor = client.CreateProcessor(
            "q",
            async context =>
            {
                await Task.Delay(TimeSpan.FromMinutes(45), time, context.CancellationToken);
                ended = true;
            },
            Options()
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => server.ShortestLease() is not null, "a lease");
        var began = time.GetUtcNow();
        while (server.Count > 0 && time.GetUtcNow() - began < TimeSpan.FromMinutes(60))
            await StepAsync();
        ended.ShouldBeTrue();
        server.Acked.ShouldBe(1);
        (time.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(45));
    }

    [Fact]
    public async Task A_hundred_leases_running_and_fetched_ahead_are_renewed_by_one_request()
    {
        server.Add(100);
        using var release = new CancellationTokenSource();
        await using var processor = client.CreateProcessor(
            "q",
            context => Task.Delay(Timeout.InfiniteTimeSpan, time, release.Token).ContinueWith(_ => { }, TaskScheduler.Default),
            Options(concurrency: 10, prefetch: 90)
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => server.ShortestLease() is not null, "leases");
        for (var i = 0; i < 100; i++)
            await StepAsync();
        var renewals = server.Calls.Where(call => call.Verb == "extend").ToList();
        renewals.ShouldNotBeEmpty();
        renewals.ShouldAllBe(call => call.Receipts == 100);
        // What had begun is acked, the rest given back.
        var stop = processor.StopAsync();
        await Eventually.HoldsAsync(() => server.Calls.Any(call => call.Verb == "release"), "releases");
        await release.CancelAsync();
        await stop;
        server.Acked.ShouldBe(10);
        server.Count.ShouldBe(90);
    }

    [Fact]
    public async Task A_handler_learns_that_its_lease_is_lost_when_another_has_the_message()
    {
        server.Add(1);
        var lost = new TaskCompletionSource();
        var errors = new ConcurrentQueue<ProcessErrorContext>();
        var options = Options();
        options.OnErrorAsync = error =>
        {
            errors.Enqueue(error);
            return Task.CompletedTask;
        };
        await using var processor = client.CreateProcessor(
            "q",
            async context =>
            {
                await using var registration = context.LeaseLost.Register(() => lost.TrySetResult());
                await Task.Delay(Timeout.InfiniteTimeSpan, time, context.CancellationToken);
            },
            options
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => server.ShortestLease() is not null, "a lease");
        server.StealAll();
        await AdvanceUntilAsync(() => lost.Task.IsCompleted);
        await processor.StopAsync();
        errors.ShouldContain(error => error.Exception is FuncQueueLeaseLostException);
        server.Calls.ShouldNotContain(call => call.Verb == "nack" || call.Verb == "ack");
    }

    [Fact]
    public async Task While_renewals_fail_no_handler_begins_on_a_short_lease_and_running_ones_learn_of_the_end()
    {
        server.Add(2);
        var begunUnleased = 0;
        var lost = 0;
        var begun = 0;
        await using var processor = client.CreateProcessor(
            "q",
            async context =>
            {
                Interlocked.Increment(ref begun);
                if (!server.IsLeased(context.Message.MessageId))
                    Interlocked.Increment(ref begunUnleased);
                await using var registration = context.LeaseLost.Register(() => Interlocked.Increment(ref lost));
                await Task.Delay(TimeSpan.FromMinutes(2), time, context.CancellationToken);
            },
            Options(concurrency: 1, prefetch: 1)
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => Volatile.Read(ref begun) == 1, "a handler");
        server.Failing.Add("extend");
        await AdvanceUntilAsync(() => Volatile.Read(ref lost) == 1);
        server.Failing.Clear();
        await AdvanceUntilAsync(() => server.Acked == 2);
        begunUnleased.ShouldBe(0);
    }

    [Fact]
    public async Task What_was_paused_is_given_back_and_comes_again_when_resumed()
    {
        server.Add(3);
        using var release = new CancellationTokenSource();
        var begun = 0;
        await using var processor = client.CreateProcessor(
            "q",
            async context =>
            {
                Interlocked.Increment(ref begun);
                await Task.Delay(Timeout.InfiniteTimeSpan, time, release.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            },
            Options(concurrency: 1, prefetch: 2)
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => server.ShortestLease() is not null && Volatile.Read(ref begun) == 1, "a handler");
        await processor.PauseAsync();
        server.Calls.Where(call => call.Verb == "release").Sum(call => call.Receipts).ShouldBe(2);
        await release.CancelAsync();
        await Eventually.HoldsAsync(() => server.Acked == 1, "an ack");
        begun.ShouldBe(1);
        processor.Resume();
        await Eventually.HoldsAsync(() => server.Acked == 3, "all acks");
    }

    [Fact]
    public async Task A_handler_may_stop_its_own_processor()
    {
        server.Add(3);
        FuncQueueProcessor? self = null;
        await using var processor = client.CreateProcessor("q", _ => self!.StopAsync(), Options(concurrency: 1, prefetch: 2));
        self = processor;
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => !processor.IsProcessing, "a stop");
        server.Acked.ShouldBe(1);
        server.Count.ShouldBe(2);
        server.ShortestLease().ShouldBeNull();
    }

    [Fact]
    public async Task Stopping_gives_back_what_waits_and_awaits_and_acks_what_runs()
    {
        server.Add(4);
        var mayEnd = new TaskCompletionSource();
        var begun = 0;
        await using var processor = client.CreateProcessor(
            "q",
            _ =>
            {
                Interlocked.Increment(ref begun);
                return mayEnd.Task;
            },
            Options(concurrency: 2, prefetch: 2)
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => Volatile.Read(ref begun) == 2, "two handlers");
        var stop = processor.StopAsync();
        await Eventually.HoldsAsync(() => server.Calls.Where(call => call.Verb == "release").Sum(call => call.Receipts) == 2, "releases");
        stop.IsCompleted.ShouldBeFalse();
        mayEnd.SetResult();
        await stop;
        server.Acked.ShouldBe(2);
        server.ShortestLease().ShouldBeNull();
    }

    [Fact]
    public async Task Who_stops_with_a_token_can_cancel_the_handlers_whose_messages_are_given_back()
    {
        server.Add(1);
        var begun = 0;
        await using var processor = client.CreateProcessor(
            "q",
            async context =>
            {
                Interlocked.Increment(ref begun);
                await Task.Delay(Timeout.InfiniteTimeSpan, time, context.CancellationToken);
            },
            Options()
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => Volatile.Read(ref begun) == 1, "a handler");
        await processor.StopAsync(new CancellationToken(canceled: true));
        server.Calls.ShouldContain(call => call.Verb == "release");
        server.Calls.ShouldNotContain(call => call.Verb == "nack");
        server.Count.ShouldBe(1);
    }

    private static FuncQueueProcessorOptions Options(int concurrency = 1, int prefetch = 0) =>
        new()
        {
            LeaseDuration = Lease,
            MaxConcurrency = concurrency,
            PrefetchCount = prefetch,
        };

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        await Eventually.HoldsAsync(
            async () =>
            {
                if (condition())
                    return true;
                await StepAsync();
                return false;
            },
            "the condition, as time goes on"
        );
    }

    /// <summary>
    /// Half a second; while a renewal is due, time nearly stands still, as it would for a client that is as fast as its server.
    /// </summary>
    private async Task StepAsync()
    {
        var due = server.Failing.Count == 0 && server.ShortestLease() < Lease / 2 - TimeSpan.FromSeconds(2);
        time.Advance(TimeSpan.FromSeconds(due ? 0.02 : 0.5));
        if (due)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        else
            await Task.Yield();
    }
}
