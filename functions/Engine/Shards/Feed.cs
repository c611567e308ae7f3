using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Messages taken from elsewhere, up to the place at which a cursor then stands. One transaction inserts them, in rows of their own, and
/// moves the cursor, or does neither; it carries the messages of callers as well, as far as they fit beside.
/// </summary>
internal sealed class Feed : WriteOwner
{
    private readonly TaskCompletionSource<FeedEnd> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FeedSize size;
    private readonly FeedCursor cursor;
    private readonly long next;
    private Guid writer;

    /// <param name="cursor">As it is now.</param>
    /// <param name="next">Where it stands then.</param>
    /// <param name="messages">At least one, and no more than <see cref="FeedSize"/> allows; none is part of another feed.</param>
    /// <param name="inRow">Most messages of a row.</param>
    public Feed(FeedCursor cursor, long next, IReadOnlyList<PendingEnqueue> messages, int inRow)
    {
        this.cursor = cursor;
        this.next = next;
        Messages = messages;
        InRow = inRow;
        size = new FeedSize(inRow);
        foreach (var message in messages)
        {
            if (!size.TryAdd(message))
                throw new ArgumentException("More messages than a feed carries.", nameof(messages));
            message.Feed = this;
        }
    }

    public IReadOnlyList<PendingEnqueue> Messages { get; }

    public int InRow { get; }

    public int Operations => size.Operations;

    public int Bytes => size.Bytes;

    public string CursorKey => cursor.Key;

    public Task<FeedEnd> Completion => completion.Task;

    /// <summary>The operation that moves the cursor, for one transaction: each that is sent has a name of its own.</summary>
    public TableTransactionAction Move(int shard)
    {
        writer = Guid.NewGuid();
        return cursor.MoveTo(shard, next, writer);
    }

    /// <summary>What the cursor as it is now says of the transaction that was sent last.</summary>
    public Sight See(TableEntity? now) => cursor.See(now, writer);

    /// <param name="etag">The cursor's; null: not known.</param>
    public void Taken(ETag? etag) =>
        completion.TrySetResult(new FeedEnd.Taken(etag is { } known ? cursor with { Next = next, Writer = writer, ETag = known } : null));

    /// <summary>The cursor is not as it was.</summary>
    public void Passed() => completion.TrySetResult(new FeedEnd.Passed());

    public void Fail(Failure failure) => completion.TrySetResult(new FeedEnd.Failed(failure));
}

/// <summary>What became of a <see cref="Feed"/>. Except for <see cref="Taken"/>, only the cursor tells where to go on.</summary>
internal abstract record FeedEnd
{
    private FeedEnd() { }

    /// <summary>The messages are there.</summary>
    /// <param name="Cursor">As it is now; null: it has to be read.</param>
    public sealed record Taken(FeedCursor? Cursor) : FeedEnd;

    /// <summary>The cursor had moved, so this feed was not written.</summary>
    public sealed record Passed : FeedEnd;

    /// <summary>It was not written, or nobody knows whether it was.</summary>
    public sealed record Failed(Failure Failure) : FeedEnd;
}
