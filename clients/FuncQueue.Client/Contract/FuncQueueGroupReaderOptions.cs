namespace FuncQueue.Client;

/// <summary>How a group reader works. Bound from configuration by <c>AddGroupReader</c>.</summary>
public sealed class FuncQueueGroupReaderOptions
{
    /// <summary>
    /// The reader's name in its group: no two readers may have the same at once. Null: one that is made of the machine's name and chance.
    /// </summary>
    public string? MemberName { get; set; }

    /// <summary>
    /// Where a group begins that has not read the topic yet: <c>earliest</c>, <c>latest</c> or an instant (RFC 3339). One that has goes on
    /// behind what it has committed.
    /// </summary>
    public string From { get; set; } = "latest";

    /// <summary>How many records of a partition a handler gets at once, at most. 1 to 1,000.</summary>
    public int BatchSize { get; set; } = 1;

    /// <summary>How many records are read ahead of their handlers, of all partitions together. 1 to 10,000.</summary>
    public int PrefetchCount { get; set; } = 200;

    /// <summary>
    /// How long the partitions are this reader's own; that is renewed when a third of it has passed, for as long as a handler takes. What a
    /// process leaves behind that dies comes to another after this time. 10 s to 1 h.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one request waits for records, 1 s to 20 s.</summary>
    public TimeSpan ReadWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The time between two commits at the least. What a process had handled since its last one when it died comes again. A stop, and the
    /// hand-over of a partition, wait for no interval.
    /// </summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The pause before records whose handler threw are handled again; it doubles each time.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of such pauses, and of those after failures to read.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether bodies that lie in blobs are read before the handler begins.</summary>
    public bool LoadBodies { get; set; } = true;

    /// <summary>Told of everything that goes wrong. The reader goes on.</summary>
    public Func<GroupReaderErrorContext, Task>? OnErrorAsync { get; set; }

    internal FuncQueueGroupReaderOptions Checked()
    {
        if (BatchSize is < 1 or > 1000)
            throw new ArgumentException("BatchSize must be 1 to 1,000.");
        if (PrefetchCount is < 1 or > 10_000)
            throw new ArgumentException("PrefetchCount must be 1 to 10,000.");
        if (LeaseDuration < TimeSpan.FromSeconds(10) || LeaseDuration > TimeSpan.FromHours(1))
            throw new ArgumentException("LeaseDuration must be 10 s to 1 h.");
        if (ReadWait < TimeSpan.FromSeconds(1) || ReadWait > TimeSpan.FromSeconds(20))
            throw new ArgumentException("ReadWait must be 1 to 20 s.");
        if (CommitInterval < TimeSpan.Zero || CommitInterval > LeaseDuration)
            throw new ArgumentException("CommitInterval must be zero to LeaseDuration.");
        if (RetryDelay <= TimeSpan.Zero || MaxRetryDelay < RetryDelay)
            throw new ArgumentException("RetryDelay must be more than zero, and MaxRetryDelay no less than it.");
        if (
            From is not ("earliest" or "latest")
            && !DateTimeOffset.TryParse(From, System.Globalization.CultureInfo.InvariantCulture, out _)
        )
            throw new ArgumentException("From must be earliest, latest or an instant.");
        return this;
    }
}
