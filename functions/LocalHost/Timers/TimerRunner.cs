using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace FuncQueue.LocalHost.Timers;

/// <summary>Runs timer functions on their schedules, each one at a time. A failed run is logged and not repeated.</summary>
internal sealed partial class TimerRunner : BackgroundService
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private readonly IReadOnlyList<(FunctionMethod<TimerTriggerAttribute> Function, CrontabSchedule Schedule)> timers;
    private readonly IServiceProvider services;
    private readonly TimeProvider time;
    private readonly ILogger<TimerRunner> log;

    /// <summary><see cref="StartUpException"/> when a schedule is missing or none.</summary>
    public TimerRunner(
        IReadOnlyList<FunctionMethod<TimerTriggerAttribute>> functions,
        IServiceProvider services,
        IConfiguration configuration,
        TimeProvider time,
        ILogger<TimerRunner> log
    )
    {
        timers = [.. functions.Select(function => (function, Schedule(function, configuration)))];
        this.services = services;
        this.time = time;
        this.log = log;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(timers.Select(timer => RunAsync(timer.Function, timer.Schedule, stoppingToken)));

    private async Task RunAsync(FunctionMethod<TimerTriggerAttribute> timer, CrontabSchedule schedule, CancellationToken stopping)
    {
        var last = default(DateTime);
        while (!stopping.IsCancellationRequested)
        {
            var next = schedule.GetNextOccurrence(time.GetUtcNow().UtcDateTime);
            try
            {
                await SleepUntilAsync(next, stopping);
                await InvokeAsync(
                    timer,
                    new TimerInfo
                    {
                        ScheduleStatus = new ScheduleStatus
                        {
                            Last = last,
                            Next = schedule.GetNextOccurrence(next),
                            LastUpdated = next,
                        },
                    },
                    stopping
                );
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Failed(log, exception, timer.Name);
            }

            last = next;
        }
    }

    /// <summary>
    /// Not before the instant, though a delay may end a moment early: else the run would be made twice. A schedule may have years
    /// between its runs, or none to come at all; a delay has weeks at most.
    /// </summary>
    private async Task SleepUntilAsync(DateTime instant, CancellationToken stopping)
    {
        while (instant - time.GetUtcNow().UtcDateTime is var left && left > TimeSpan.Zero)
            await Task.Delay(left < LongestDelay ? left : LongestDelay, time, stopping);
    }

    private async Task InvokeAsync(FunctionMethod<TimerTriggerAttribute> timer, TimerInfo info, CancellationToken stopping)
    {
        await using var scope = services.CreateAsyncScope();
        var target = timer.Method.IsStatic ? null : ActivatorUtilities.CreateInstance(scope.ServiceProvider, timer.Method.DeclaringType!);
        var arguments = timer
            .Method.GetParameters()
            .Select(parameter =>
                parameter.ParameterType switch
                {
                    var type when type == typeof(TimerInfo) => (object)info,
                    var type when type == typeof(CancellationToken) => stopping,
                    var type => throw new NotSupportedException($"LocalHost cannot bind the parameter {parameter.Name} of type {type}."),
                }
            );
        if (timer.Method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, [.. arguments], null) is Task running)
            await running;
    }

    private static CrontabSchedule Schedule(FunctionMethod<TimerTriggerAttribute> timer, IConfiguration configuration)
    {
        var text = timer.Trigger.Schedule;
        if (text.StartsWith('%') && text.EndsWith('%'))
        {
            var setting = text.Trim('%');
            text =
                configuration[setting.Replace("__", ":", StringComparison.Ordinal)]
                ?? throw new StartUpException($"The timer {timer.Name} takes its schedule from the setting {setting}, which is not set.");
        }

        var seconds = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        return CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = seconds })
            ?? throw new StartUpException(
                $"The timer {timer.Name} has the schedule '{text}', which is not NCRONTAB of five or six fields."
            );
    }

    [LoggerMessage(902, LogLevel.Error, "Timer {Function} failed; it runs again when its schedule says.")]
    private static partial void Failed(ILogger log, Exception exception, string function);
}
