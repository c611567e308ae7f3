namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>Bounds the bytes of feeds that a process has in flight. Whoever comes first is served first. Thread-safe.</summary>
internal sealed class FeedBudget(long most)
{
    /// <summary>Bytes of feeds that a process has in flight at most: 64 MiB.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Turn)> waiting = [];
    private long taken;

    /// <summary>Completes when so many bytes are taken, which somebody must give back. More than there ever are count as all.</summary>
    public Task TakeAsync(long bytes)
    {
        lock (gate)
        {
            if (waiting.Count == 0 && taken + Math.Min(bytes, most) <= most)
            {
                taken += Math.Min(bytes, most);
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue((Math.Min(bytes, most), turn));
            return turn.Task;
        }
    }

    public void GiveBack(long bytes)
    {
        lock (gate)
        {
            taken -= Math.Min(bytes, most);
            while (waiting.TryPeek(out var next) && taken + next.Bytes <= most)
            {
                waiting.Dequeue();
                taken += next.Bytes;
                next.Turn.SetResult();
            }
        }
    }
}
