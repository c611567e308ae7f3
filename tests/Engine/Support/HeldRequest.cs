namespace FuncQueue.Engine.Tests.Support;

/// <summary>A request that waits in the sending process.</summary>
public sealed class HeldRequest
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the request has come to the point of being sent.</summary>
    public Task Reached => reached.Task.WithinPatienceAsync();

    public bool HasBeenReached => reached.Task.IsCompleted;

    public void Release() => released.TrySetResult();

    internal Task WaitAsync()
    {
        reached.TrySetResult();
        return released.Task;
    }
}
