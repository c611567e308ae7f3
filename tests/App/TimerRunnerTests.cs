using System.Threading.Channels;
using FuncQueue.LocalHost;
using FuncQueue.LocalHost.Timers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.App.Tests;

/// <summary>LocalHost's timers run when their schedules say, however far away that is.</summary>
public sealed class TimerRunnerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly WatchedTime time = new(Start);

    [Theory]
    [InlineData("0 0 0 1 1 *", "2027-01-01")]
    [InlineData("0 0 0 29 2 *", "2028-02-29")]
    [InlineData("0 0 * * *", "2026-03-02")]
    public async Task A_run_that_is_far_away_comes_at_its_time_and_once(string schedule, string day)
    {
        var due = DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        var errors = new List<string>();
        using var runner = Runner(schedule, errors, out var runs);
        await runner.StartAsync(CancellationToken.None);
        await time.Awaited.WaitAsync(TimeSpan.FromSeconds(60));
        while (time.GetUtcNow() < due - TimeSpan.FromHours(6))
        {
            await AdvanceAsync(TimeSpan.FromHours(6));
            runs.TryRead(out _).ShouldBeFalse($"{time.GetUtcNow()}");
        }

        await AdvanceAsync(due - time.GetUtcNow());
        (await runs.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(due);
        await AdvanceAsync(TimeSpan.FromHours(6));
        runs.TryRead(out _).ShouldBeFalse();
        await runner.StopAsync(CancellationToken.None);
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_schedule_without_any_run_to_come_waits_and_does_not_complain()
    {
        var errors = new List<string>();
        using var runner = Runner("0 0 0 30 2 *", errors, out var runs);
        await runner.StartAsync(CancellationToken.None);
        await time.Awaited.WaitAsync(TimeSpan.FromSeconds(60));
        await AdvanceAsync(TimeSpan.FromDays(400));
        runs.TryRead(out _).ShouldBeFalse();
        await runner.StopAsync(CancellationToken.None);
        errors.ShouldBeEmpty();
    }

    /// <summary>Moves time, and lets what then continues come to its next wait.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        time.Advance(by);
        for (var i = 0; i < 20; i++)
            await Task.Yield();
    }

    private TimerRunner Runner(string schedule, List<string> errors, out ChannelReader<DateTimeOffset> runs)
    {
        var channel = Channel.CreateUnbounded<DateTimeOffset>();
        runs = channel.Reader;
        var services = new ServiceCollection().AddSingleton(channel.Writer).AddSingleton<TimeProvider>(time).BuildServiceProvider();
        var method = typeof(Noted).GetMethod(nameof(Noted.Run))!;
        return new TimerRunner(
            [new FunctionMethod<TimerTriggerAttribute>("Noted", method, new TimerTriggerAttribute(schedule))],
            services,
            new ConfigurationBuilder().Build(),
            time,
            LoggerFactory.Create(logging => logging.AddProvider(new Errors(errors))).CreateLogger<TimerRunner>()
        );
    }

    /// <summary>Tells when somebody waits for it.</summary>
    private sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private readonly TaskCompletionSource awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Awaited => awaited.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            awaited.TrySetResult();
            return timer;
        }
    }

    private sealed class Noted(ChannelWriter<DateTimeOffset> runs, TimeProvider time)
    {
        public void Run(TimerInfo timer) => runs.TryWrite(time.GetUtcNow()).ShouldBeTrue(timer.ToString());
    }

    private sealed class Errors(List<string> errors) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (errors)
                errors.Add(formatter(state, exception));
        }

        public void Dispose() { }
    }
}
