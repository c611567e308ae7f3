namespace FuncQueue.Engine.Queues;

/// <summary>Scans a shard for messages that can be handed out, and tells the shard's loop of them.</summary>
internal interface IScanner
{
    /// <summary>Scans on until enough is found, every row has been read, or it has been long enough.</summary>
    Task<ScanResult> ScanAsync(ScanOrder order);
}

/// <summary>What a scan is for.</summary>
/// <param name="Wanted">So many messages are enough.</param>
/// <param name="Whole">Whether to go on to the end, and take everything, because somebody waits for the answer.</param>
/// <param name="Horizon">How far ahead of their time messages are of interest that are held back.</param>
internal readonly record struct ScanOrder(int Wanted, bool Whole, TimeSpan Horizon)
{
    /// <summary>Pages of a scan that nobody waits for.</summary>
    private const int LeisurelyPages = 4;

    public int MaxPages => Whole ? int.MaxValue : LeisurelyPages;
}

/// <summary>What a scan came by.</summary>
/// <param name="Found">Messages that could be handed out when they were read.</param>
/// <param name="Empty">Whether every row of the shard was read, and there is no message that could be handed out.</param>
/// <param name="NextDue">When the next of the others can be handed out.</param>
internal readonly record struct ScanResult(int Found, bool Empty, DateTimeOffset? NextDue);
