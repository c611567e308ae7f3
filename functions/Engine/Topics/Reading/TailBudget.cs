namespace FuncQueue.Engine.Topics.Reading;

/// <summary>What the tails of all partitions may take in memory together. Thread-safe.</summary>
internal sealed class TailBudget(long most)
{
    private long used;

    /// <summary>For a process.</summary>
    public const long Default = 64 * 1024 * 1024;

    public bool IsExceeded => Volatile.Read(ref used) > most;

    public void Take(long bytes) => Interlocked.Add(ref used, bytes);

    public void GiveBack(long bytes) => Interlocked.Add(ref used, -bytes);
}
