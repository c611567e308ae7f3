namespace FuncQueue.Engine.Shards;

/// <summary>
/// Between two commits: lets the callers just answered come back with their next calls, so that these share the next commit. No timer;
/// who is alone waits for nobody.
/// </summary>
internal static class Comeback
{
    /// <summary>Enough for some hundred callers; in a process that never comes to rest this is all that is waited for.</summary>
    private const int MaxYields = 16;

    public static async Task WaitAsync()
    {
        // A single yield does not do: another thread goes on with this loop before the callers have come back.
        for (var yields = 0; yields < MaxYields; yields++)
        {
            await Task.Yield();
            if (ThreadPool.PendingWorkItemCount == 0)
                return;
        }
    }
}
