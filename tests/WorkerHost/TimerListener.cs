using NCrontab;

namespace FuncQueue.WorkerHost;

/// <summary>
/// Fires the timers when their schedules say, one run of each at a time. A run that fails is noted, and the next comes as planned.
/// </summary>
internal sealed class TimerListener : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource end = new();
    private readonly Task loops;

    /// <param name="schedules">Of each function its schedule, NCRONTAB of six fields or five.</param>
    /// <param name="fire">Runs a function.</param>
    /// <param name="log">Where a failed run is noted.</param>
    public TimerListener(IEnumerable<(string Function, string Schedule)> schedules, Func<string, Task> fire, HostLog log) =>
        loops = Task.WhenAll(schedules.Select(s => LoopAsync(s.Function, Parse(s.Function, s.Schedule), fire, log)).ToList());

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await loops;
        end.Dispose();
    }

    private static CrontabSchedule Parse(string function, string schedule)
    {
        var seconds = schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        return CrontabSchedule.TryParse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = seconds })
            ?? throw new FunctionIndexingException($"The schedule '{schedule}' of {function} is none.");
    }

    private async Task LoopAsync(string function, CrontabSchedule schedule, Func<string, Task> fire, HostLog log)
    {
        try
        {
            while (true)
            {
                var now = TimeProvider.System.GetUtcNow().UtcDateTime;
                var wait = schedule.GetNextOccurrence(now) - now;
                await Task.Delay(wait < LongestWait ? wait : LongestWait, TimeProvider.System, end.Token);
                if (wait < LongestWait)
                    await FireAsync(function, fire, log);
            }
        }
        catch (OperationCanceledException)
        {
            // The host has stopped.
        }
    }

    private async Task FireAsync(string function, Func<string, Task> fire, HostLog log)
    {
        try
        {
            await fire(function).WaitAsync(end.Token);
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            log.Write($"warn: The timer {function} failed: {exception.Message}");
        }
    }
}
