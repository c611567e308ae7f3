namespace FuncQueue.Client.Tests.Support;

internal static class Eventually
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(5);

    /// <summary>Waits for a condition, long enough for the slowest machine.</summary>
    public static Task HoldsAsync(Func<bool> condition, string what) => HoldsAsync(() => Task.FromResult(condition()), what);

    public static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Generous)
                throw new TimeoutException($"In vain: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
