namespace FuncQueue.Engine.Registry;

/// <summary>
/// Says in the registry that a shard is being written to, before the first write and again while writing goes on, so that the
/// sweep finds it. The sweep only takes a mark for old after several times the interval.
/// </summary>
internal sealed class ActivityMarker(EngineContext context, Func<Task<Failure?>> mark)
{
    private readonly Lock gate = new();
    private DateTimeOffset? markedAt;
    private Task<Failure?>? marking;

    /// <summary>Marks the shard if this process has not done so lately; why it could not, or null.</summary>
    public ValueTask<Failure?> EnsureAsync()
    {
        lock (gate)
        {
            if (markedAt is { } at && context.Now - at < context.Options.ActivityInterval)
                return new ValueTask<Failure?>((Failure?)null);
            return new ValueTask<Failure?>(marking ??= MarkAsync());
        }
    }

    private async Task<Failure?> MarkAsync()
    {
        // Yields first, so that the field above is set before the task can clear it.
        await Task.Yield();
        var now = context.Now;
        Failure? failure = new Failure.StorageUnavailable(Storage.StorageFault.DefaultRetryAfter);
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
        }

        return failure;
    }
}
