using Azure.Core;
using Azure.Core.Pipeline;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Clocks;

/// <summary>Answers that come at once do not make a right clock look wrong.</summary>
public sealed class ManyAnswersTests
{
    [Fact]
    public async Task Many_answers_at_once_after_a_pause_leave_a_right_clock_right()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var clock = new StorageClock();
        var wentOff = 0;
        clock.Watch(time, TimeSpan.FromSeconds(2), _ => Interlocked.Increment(ref wentOff));
        var pipeline = HttpPipelineBuilder.Build(new Options(clock, time));
        using var together = new Barrier(2, _ => time.Advance(TimeSpan.FromHours(1)));
        await Task.WhenAll(
                Enumerable
                    .Range(0, 2)
                    .Select(_ =>
                        Task.Factory.StartNew(
                            () =>
                            {
                                for (var round = 0; round < 150_000; round++)
                                {
                                    together.SignalAndWait();
                                    using var message = pipeline.CreateMessage();
                                    message.Request.Uri.Reset(new Uri("http://127.0.0.1/"));
                                    pipeline.Send(message, CancellationToken.None);
                                }
                            },
                            CancellationToken.None,
                            TaskCreationOptions.LongRunning,
                            TaskScheduler.Default
                        )
                    )
            )
            .WithinPatienceAsync(Eventually.MuchPatience);
        wentOff.ShouldBe(0);
        clock.Offset.ShouldBe(TimeSpan.Zero);
    }

    private sealed class Options : ClientOptions
    {
        public Options(StorageClock clock, TimeProvider time)
        {
            Transport = new Answering(time);
            Diagnostics.IsLoggingEnabled = false;
            Diagnostics.IsDistributedTracingEnabled = false;
            AddPolicy(clock, HttpPipelinePosition.PerRetry);
        }
    }

    /// <summary>Storage whose clock is the process's own.</summary>
    private sealed class Answering(TimeProvider time) : HttpPipelineTransport
    {
        public override Request CreateRequest() => new HttpClientTransport().CreateRequest();

        public override void Process(HttpMessage message) =>
            message.Response = new DatedResponse(
                message.Request.ClientRequestId,
                time.GetUtcNow().ToString("r", System.Globalization.CultureInfo.InvariantCulture)
            );

        public override ValueTask ProcessAsync(HttpMessage message) => throw new NotSupportedException();
    }
}
