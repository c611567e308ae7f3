using FuncQueue.Functions.Http;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Timers;

/// <summary>What every timer function shares.</summary>
internal static class TimerRun
{
    /// <summary>
    /// A host that stops cancels the runs under way. Each goes on where it was at its next time, so that nothing of it is a fault.
    /// </summary>
    public static async Task UnlessStoppedAsync(ILogger log, string name, Func<Task> run, CancellationToken cancellationToken)
    {
        try
        {
            await run();
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && Departure.Caused(exception))
        {
            TimerLog.Stopped(log, name);
        }
    }
}
