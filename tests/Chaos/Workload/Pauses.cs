namespace FuncQueue.Chaos.Workload;

/// <summary>Lets time pass between calls.</summary>
internal static class Pauses
{
    /// <summary>Ends early, and quietly, when the run does.</summary>
    public static async Task WaitAsync(TimeSpan time, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(time, TimeProvider.System, stopping);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
