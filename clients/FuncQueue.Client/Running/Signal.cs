namespace FuncQueue.Client.Running;

/// <summary>Wakes one loop. Set while nobody waits, it wakes the next wait.</summary>
internal sealed class Signal
{
    private TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set() => Volatile.Read(ref source).TrySetResult();

    /// <summary>Waits until it is set, or for a time.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var current = Volatile.Read(ref source);
        try
        {
            await current.Task.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return;
        }

        // Whoever sets it now finds it set: what that call tells of is seen by the loop, which looks after this.
        Volatile.Write(ref source, new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
