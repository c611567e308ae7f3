namespace FuncQueue.App.Tests.Support;

public static class Until
{
    /// <summary>Waits for a condition, long enough for the slowest machine.</summary>
    /// <param name="seconds">More than that, for what a timer of a minute does.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, int seconds = 90)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(seconds))
                throw new TimeoutException($"In vain: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
