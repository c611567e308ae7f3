using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>What a transaction of some messages comes to, about.</summary>
internal sealed class Load(RowComposition composition)
{
    /// <summary>So many rows of messages, at most, are written at a time.</summary>
    private const int MaxRows = 40;

    private readonly HashSet<Feed> feeds = [];
    private readonly int most = composition.MaxInRow;
    private int direct;
    private int bytes;
    private int operations = 1 + composition.Operations;
    private int fedBytes;
    private int fedOperations;

    /// <summary>
    /// As if all shared rows; where lanes or due instants differ and it comes to more, the commit is halved.
    /// </summary>
    public bool IsFull =>
        bytes + fedBytes > ShardTable.MaxTransactionBytes
        || (direct / most) + 1 + operations + fedOperations > ShardTable.MaxOperations
        || direct >= MaxRows * most;

    /// <summary>Whether it takes a feed: the first one always, others as far as all together are no more than one can be.</summary>
    public bool Takes(Feed feed) =>
        feeds.Count == 0 || (fedOperations + feed.Operations <= FeedSize.MaxOperations && fedBytes + feed.Bytes <= FeedSize.MaxBytes);

    public void Add(PendingEnqueue message)
    {
        if (message.Feed is not { } feed)
        {
            direct++;
            bytes += message.Encoded.Length + NewRow.BytesBeside;
            operations += (message.Upload is null ? 0 : 1) + (message.Key is null || message.Place > 0 ? 0 : 1);
        }
        else if (feeds.Add(feed))
        {
            fedOperations += feed.Operations;
            fedBytes += feed.Bytes;
        }
    }
}
