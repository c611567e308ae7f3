namespace FuncQueue.App.Tests.Support;

public static class Until
{
    /// <summary>Waits for a condition, long enough for the slowest machine.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(90))
                throw new TimeoutException($"In vain: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
