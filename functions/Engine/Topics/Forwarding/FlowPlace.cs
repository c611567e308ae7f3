using FuncQueue.Engine.Shards;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>Where a flow is.</summary>
/// <param name="Cursor">As this process knows it.</param>
/// <param name="Looked">The offset up to which there is nothing more to take.</param>
/// <param name="BytesAhead">Of the rows between the cursor and there, about.</param>
/// <param name="ToEnd">Whether storage has to be asked for what others have appended.</param>
internal sealed record FlowPlace(FeedCursor Cursor, long Looked, long BytesAhead, bool ToEnd)
{
    /// <summary>
    /// Whether filters have judged records behind the cursor, which do not list who takes them: the cursor is moved behind them, lest later
    /// filters judge them again.
    /// </summary>
    public bool HasJudged { get; init; }

    /// <summary>So many records without one to take, and the cursor is moved behind them.</summary>
    private const int MaxAhead = 10_000;

    private const int MaxBytesAhead = 4 * 1024 * 1024;

    public bool IsFarAhead => Looked - Cursor.Next >= MaxAhead || BytesAhead >= MaxBytesAhead;

    /// <summary>Behind a row in which there is nothing to take.</summary>
    public FlowPlace Past(ForwardedRow row) => this with { Looked = row.Last + 1, BytesAhead = BytesAhead + row.Bytes };

    public static FlowPlace At(FeedCursor cursor, bool toEnd) => new(cursor, cursor.Next, 0, toEnd);
}
