namespace FuncQueue.Engine.Queues;

/// <summary>
/// The sleep of a loop between two of its steps: it ends after a time, or when somebody comes who would be served too late. Thread-safe.
/// </summary>
internal sealed class Wakeup(TimeProvider time)
{
    /// <summary>Later than any deadline: whoever comes makes the loop go on.</summary>
    private static readonly DateTimeOffset Awake = DateTimeOffset.MaxValue;

    private readonly Lock gate = new();
    private TaskCompletionSource wake = NewSignal();
    private DateTimeOffset sleepsUntil = Awake;
    private bool hurry;
    private bool arrived;

    /// <summary>A step begins: what has woken it is taken note of. The task completes when it is woken again.</summary>
    public Task Begin()
    {
        lock (gate)
        {
            if (wake.Task.IsCompleted)
                wake = NewSignal();
            return wake.Task;
        }
    }

    /// <summary>Ends the sleep.</summary>
    /// <param name="inHurry">Whether there is a reason to scan at once.</param>
    public void Wake(bool inHurry = false)
    {
        lock (gate)
        {
            hurry |= inHurry;
            wake.TrySetResult();
        }
    }

    /// <summary>Somebody has come to wait until <paramref name="deadline"/>. False: the loop will be awake in time anyhow.</summary>
    /// <param name="first">Whether nobody waited before.</param>
    public bool WakeFor(DateTimeOffset deadline, bool first)
    {
        lock (gate)
        {
            // Not a reason to wake: where many come and are served at once, each of them would be the first.
            arrived |= first;
            if (sleepsUntil <= deadline)
                return false;
            wake.TrySetResult();
            return true;
        }
    }

    /// <summary>Decides what to do next; nobody comes unnoticed while that is so.</summary>
    /// <param name="now">By the clock that deadlines are told by.</param>
    public ScanStep Decide(Func<bool, bool, ScanStep> decide, DateTimeOffset now)
    {
        lock (gate)
        {
            var step = decide(arrived, hurry);
            if (step is ScanStep.Wait(var pause))
                sleepsUntil = now + pause;
            else if (step is ScanStep.Scan)
                (arrived, hurry) = (false, false);
            return step;
        }
    }

    /// <summary>Sleeps, at most so long.</summary>
    public async Task SleepAsync(TimeSpan pause, Task woken)
    {
        using var cancel = new CancellationTokenSource();
        await Task.WhenAny(woken, Task.Delay(pause, time, cancel.Token));
        await cancel.CancelAsync();
        lock (gate)
            sleepsUntil = Awake;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
