using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Client.Tests.Fake;

/// <summary>What a user's callback does to a processor: nothing.</summary>
public sealed class CallbackTests
{
    private readonly FakeTimeProvider time = new(
        DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
    );

    [Fact]
    public async Task A_callback_that_throws_when_a_lease_is_lost_ends_neither_renewals_nor_the_stop()
    {
        var server = new FakeServer(time);
        var options = new FuncQueueClientOptions
        {
            Handler = server,
            TimeProvider = time,
            MaxRetries = 0,
        };
        await using var client = new FuncQueueClient(new Uri("http://fake"), options: options);
        var errors = new ConcurrentQueue<ProcessErrorContext>();
        var lost = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var begun = new ConcurrentQueue<Guid>();
        server.Add(2);
        await using var processor = client.CreateProcessor(
            "q",
            async context =>
            {
                context.LeaseLost.Register(() => throw new NotSupportedException("A callback."));
                context.LeaseLost.Register(() => lost.TrySetResult());
                begun.Enqueue(context.Message.MessageId);
                await release.Task;
            },
            new FuncQueueProcessorOptions
            {
                LeaseDuration = TimeSpan.FromSeconds(30),
                MaxConcurrency = 2,
                PrefetchCount = 0,
                OnErrorAsync = error =>
                {
                    errors.Enqueue(error);
                    return Task.CompletedTask;
                },
            }
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => begun.Count == 2, "two handlers");
        var (stolen, kept) = (begun.First(), begun.Last());
        server.Steal(stolen);
        await AdvanceAsync(server, kept, () => lost.Task.IsCompleted);
        // The other one's lease is renewed as before.
        var renewals = server.Calls.Count(call => call.Verb == "extend");
        await AdvanceAsync(server, kept, () => server.Calls.Count(call => call.Verb == "extend") >= renewals + 3);
        server.IsLeased(kept).ShouldBeTrue();
        release.SetResult();
        await processor.StopAsync();
        server.Acked.ShouldBe(1);
        await Eventually.HoldsAsync(() => errors.Any(e => e.Exception is AggregateException), "the callback's error");
        errors.ShouldContain(e => e.Exception is FuncQueueLeaseLostException);
    }

    /// <summary>By half seconds; while a renewal is due, time waits for it.</summary>
    private Task AdvanceAsync(FakeServer server, Guid kept, Func<bool> condition) =>
        Eventually.HoldsAsync(
            () =>
            {
                if (condition())
                    return true;
                if (server.LeftOf(kept) > TimeSpan.FromSeconds(12))
                    time.Advance(TimeSpan.FromSeconds(0.5));
                return false;
            },
            "the condition, as time goes on"
        );
}
