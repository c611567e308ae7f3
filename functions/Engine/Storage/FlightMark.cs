using System.Globalization;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// <c>w{place}{source}</c>: the mark of the last transaction of a process that left no other trace in this shard, because all the rows
/// that it changed ended. It tells a process whose answer was lost whether the rows are gone by its own write.
/// </summary>
internal static class FlightMark
{
    /// <summary>The most rows of this kind in a shard: of live messages and of dead letters.</summary>
    public const int MaxRows = 2 * MarkPlace.Count;

    private const char Prefix = 'w';
    private const string Column = "Mark";

    public static bool IsMark(string rowKey) => rowKey.Length == 4 && rowKey[0] == Prefix;

    public static string RowKey(ProcessId process, MessageSource source) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{MarkPlace.Of(process)}{(source == MessageSource.Live ? 'm' : 'd')}");

    public static TableTransactionAction Write(int shard, MessageSource source, LeaseId mark) =>
        new(
            TableTransactionActionType.UpsertReplace,
            new TableEntity(RowKeys.Partition(shard), RowKey(mark.Process, source)) { [Column] = unchecked((long)mark.Value) }
        );

    /// <summary>
    /// What the row at the place of a mark says of the transaction with this mark; nothing when something else has written there than
    /// <paramref name="before"/>, the mark known to have been there: another process, or an earlier transaction that arrived late.
    /// </summary>
    public static Sight See(LeaseId mark, LeaseId? before, TableEntity? found)
    {
        if (found is null)
            return before is null ? Sight.Untouched : Sight.Unread;
        // One that cannot be read is somebody else's.
        if (!found.TryGetValue(Column, out var value) || value is not long number)
            return Sight.Unread;
        var last = new LeaseId(unchecked((ulong)number));
        return last == mark ? Sight.Ours
            : last == before ? Sight.Untouched
            : Sight.Unread;
    }
}
