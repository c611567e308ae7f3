using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>
/// What makes an append conditional on a cursor: its records are stored, and the cursor is moved behind what they were taken from, or
/// neither.
/// </summary>
internal sealed class CursorMove(FeedCursor cursor, long next) : WriteOwner
{
    private Guid writer;

    /// <summary>The cursor as the append left it; null: it has to be read.</summary>
    public FeedCursor? Moved { get; private set; }

    /// <summary>Whether somebody else had moved the cursor: nothing was stored.</summary>
    public bool WasPassed { get; private set; }

    /// <summary>The operation that moves it, for one transaction.</summary>
    public TableTransactionAction Operation(int partition)
    {
        writer = Guid.NewGuid();
        return cursor.MoveTo(partition, next, writer);
    }

    public void Written(ETag etag) => Moved = cursor with { Next = next, Writer = writer, ETag = etag };

    public void Pass() => WasPassed = true;
}
