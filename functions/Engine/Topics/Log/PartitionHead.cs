using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>What the appends of this process know of a partition's head, and how they keep out of the way of other processes'.</summary>
internal sealed class PartitionHead(ShardTable table)
{
    private readonly Contention contention = new(TimeProvider.System, Random.Shared.NextDouble);
    private LogHead? known;

    /// <summary>The head as last known; only after <see cref="PrepareAsync"/>.</summary>
    public LogHead Current => known ?? throw new InvalidOperationException("The head is not known.");

    /// <summary>Whether what is known of it was so at some instant of the present step: it was read, or written.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>A step begins: what is known of the head may be old. Completes when it is worth trying to write.</summary>
    public async Task BeginAsync()
    {
        IsFresh = false;
        if (contention.NextPause() is not { Ticks: > 0 } pause)
            return;
        await Task.Delay(pause, TimeProvider.System);
        known = null;
    }

    /// <summary>Gets to know the head; throws as storage does.</summary>
    public async ValueTask PrepareAsync()
    {
        contention.Begin();
        if (known is not null)
            return;
        if (contention.Knocks)
            await table.CommitAsync([LogHead.Knock(table.Shard)]);
        known = await ReadAsync();
        IsFresh = true;
    }

    /// <summary>The head as it is now.</summary>
    public async Task<LogHead> ReadAsync() => LogHead.Read(await table.ReadEntityAsync(LogHead.RowKey, null, CancellationToken.None));

    /// <summary>It is read before it is used again.</summary>
    public void Forget() => known = null;

    public void Written(LogHead now)
    {
        contention.GotOn();
        known = now;
        IsFresh = true;
    }

    public void Overtaken()
    {
        contention.Overtaken();
        known = null;
    }
}
