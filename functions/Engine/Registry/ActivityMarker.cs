using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>
/// Says in the registry that a shard is being written to, before the first write and again while writing goes on, so that the
/// sweep finds it. A marker is renewed behind those who write; they wait for it only when a sweep may soon take it for old.
/// </summary>
internal sealed class ActivityMarker(EngineContext context, Func<Task<Failure?>> mark)
{
    private readonly Lock gate = new();

    // By the machine's own clock: it is about the load on the registry.
    private readonly Pace pace = new(TimeProvider.System);
    private DateTimeOffset? markedAt;
    private Task<Failure?>? marking;

    /// <summary>When a sweep takes a marker for old: by then whoever writes has renewed it, or writes no more.</summary>
    public static TimeSpan QuietAfter(EngineOptions options) => 2 * options.ActivityInterval;

    /// <summary>Marks the shard if this process has not done so lately; why it must not be written to, or null.</summary>
    public ValueTask<Failure?> EnsureAsync()
    {
        lock (gate)
        {
            var age = context.Now - markedAt;
            if (age < context.Options.ActivityInterval)
                return new ValueTask<Failure?>((Failure?)null);
            // The rest is left for what is written now to arrive.
            if (age < 1.75 * context.Options.ActivityInterval)
            {
                if (marking is null && pace.Remaining == TimeSpan.Zero)
                    marking = MarkAsync();
                return new ValueTask<Failure?>((Failure?)null);
            }

            return new ValueTask<Failure?>(marking ??= MarkAsync());
        }
    }

    private async Task<Failure?> MarkAsync()
    {
        // Yields first, so that the field above is set before the task can clear it.
        await Task.Yield();
        var now = context.Now;
        Failure? failure = new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
        try
        {
            failure = await mark();
        }
        finally
        {
            lock (gate)
            {
                marking = null;
                if (failure is null)
                    markedAt = now;
            }

            if (failure is null)
                pace.Served();
            else
                pace.Refused(null);
        }

        return failure;
    }
}
