namespace FuncQueue.Engine.Tests.Support;

/// <summary>Waits for conditions. The only place that lets time pass.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>For thousands of messages on a machine that has other work.</summary>
    public static readonly TimeSpan MuchPatience = TimeSpan.FromMinutes(8);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns once the condition holds; fails when it does not within a generous time.</summary>
    public static Task HoldsAsync(string what, Func<bool> condition, TimeSpan? patience = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), patience);

    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > (patience ?? Patience))
                throw new TimeoutException($"It did not happen that {what}.");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The result of a task that is expected to end.</summary>
    public static Task<T> WithinPatienceAsync<T>(this Task<T> task) =>
        task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);

    public static Task WithinPatienceAsync(this Task task, TimeSpan? patience = null) =>
        task.WaitAsync(patience ?? Patience, TimeProvider.System, TestContext.Current.CancellationToken);
}
