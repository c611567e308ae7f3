namespace FuncQueue.Engine.Shards;

/// <summary>How much one feed carries: what comes to more goes with the next one.</summary>
/// <param name="inRow">Most messages of a row.</param>
internal sealed class FeedSize(int inRow)
{
    /// <summary>Most operations of a feed: the rest of a transaction is for the messages of callers who wait.</summary>
    public const int MaxOperations = 60;

    /// <summary>Most bytes of a feed, about.</summary>
    public const int MaxBytes = 1024 * 1024;

    // Of each kind of row the last one, which may have room.
    private readonly Dictionary<(int Lane, TimeSpan Delay), (int Count, int Bytes)> rows = [];

    /// <summary>With the operation that moves the cursor.</summary>
    public int Operations { get; private set; } = 1;

    public int Bytes { get; private set; } = 512;

    /// <summary>Adds a message behind the others, if it fits; the first one always does.</summary>
    public bool TryAdd(PendingEnqueue message)
    {
        var kind = (message.Lane, message.Delay);
        var (count, inside) = rows.GetValueOrDefault(kind);
        var begins = count == 0 || count == inRow || inside + message.Encoded.Length > NewRow.MaxBytes;
        var operations = Operations + (begins ? 1 : 0) + (message.Upload is null ? 0 : 1);
        var bytes = Bytes + message.Encoded.Length + NewRow.BytesBeside + (begins ? 512 : 0);
        if (rows.Count > 0 && (operations > MaxOperations || bytes > MaxBytes))
            return false;
        rows[kind] = begins ? (1, message.Encoded.Length) : (count + 1, inside + message.Encoded.Length);
        (Operations, Bytes) = (operations, bytes);
        return true;
    }
}
