namespace FuncQueue.Engine.Topics.Calls;

/// <summary>
/// The partition that this process keeps to for records that may go anywhere: for a second or 1 MiB, since spreading them cuts the batches
/// up. Thread-safe.
/// </summary>
/// <param name="first">Where to begin.</param>
internal sealed class StickyPartition(TimeProvider time, int partitions, int first)
{
    private const long MaxBytes = 1024 * 1024;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private int current = first % partitions;
    private long since = time.GetTimestamp();
    private long bytes;

    /// <summary>Where a record of so many bytes goes.</summary>
    public int Next(int length)
    {
        lock (gate)
        {
            if (bytes >= MaxBytes || (bytes > 0 && time.GetElapsedTime(since) >= MaxTime))
                Move_NeedsLock();
            bytes += Math.Max(1, length);
            return current;
        }
    }

    /// <summary>Goes on to another partition, because storage throttles this one.</summary>
    public void Leave(int partition)
    {
        lock (gate)
        {
            if (current == partition)
                Move_NeedsLock();
        }
    }

    private void Move_NeedsLock() => (current, since, bytes) = ((current + 1) % partitions, time.GetTimestamp(), 0);
}
