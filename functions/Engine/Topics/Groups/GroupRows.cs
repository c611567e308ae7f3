using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>
/// The rows of a group, in a partition <c>g{group}</c> of the topic's table: <c>h</c>, that it is there; <c>m{member}</c>;
/// <c>p{partition}</c>. All of them fit one transaction.
/// </summary>
internal static class GroupRows
{
    public const string HeadKey = "h";
    public const string PartitionPrefix = "g";

    /// <summary>All rows of a group.</summary>
    public static readonly KeyRange All = new("h", "q");

    private const int Format = 1;
    private const string FormatColumn = "Format";
    private const string WriteColumn = "Write";
    private const string IdColumn = "Id";
    private const string CreatedColumn = "CreatedAt";
    private const string ChangesColumn = "Changes";
    private const string UntilColumn = "Until";
    private const string CommittedColumn = "Committed";
    private const string MemberColumn = "Member";
    private const string HoldColumn = "Hold";
    private const string WantedColumn = "WantedBy";
    private const string WriterColumn = "Writer";
    private const string WriterSinceColumn = "WriterSince";
    private const string ServedByColumn = "ServedBy";
    private const string ServedUntilColumn = "ServedUntil";

    public static string PartitionOf(QueueName group) => PartitionPrefix + group.Value;

    public static string KeyOf(GroupMember member) => "m" + member.Name.Value;

    public static string KeyOf(PartitionHold hold) => HoldKey(hold.Partition);

    public static string HoldKey(int partition) => "p" + RowKeys.Partition(partition);

    public static TableEntity ToEntity(string partition, GroupHead head) =>
        new(partition, HeadKey)
        {
            [FormatColumn] = Format,
            [IdColumn] = head.Id,
            [CreatedColumn] = head.CreatedAt,
            [ChangesColumn] = head.Changes,
            [WriteColumn] = head.Write,
        };

    public static TableEntity ToEntity(string partition, GroupMember member) =>
        new(partition, KeyOf(member))
        {
            [FormatColumn] = Format,
            [UntilColumn] = member.Until,
            [WriteColumn] = member.Write,
        };

    public static TableEntity ToEntity(string partition, PartitionHold hold) =>
        new(partition, KeyOf(hold))
        {
            [FormatColumn] = Format,
            [CommittedColumn] = hold.Committed,
            [MemberColumn] = hold.Member?.Value,
            [HoldColumn] = (long)hold.Hold,
            [UntilColumn] = hold.Until,
            [WantedColumn] = hold.WantedBy?.Value,
            [WriterColumn] = (long)hold.Writer.Value,
            [WriterSinceColumn] = hold.WriterSince,
            [ServedByColumn] = (long)hold.ServedBy.Value,
            [ServedUntilColumn] = hold.ServedUntil,
            [WriteColumn] = hold.Write,
        };

    /// <summary>The group that rows are of; <see cref="UnsupportedFormatException"/> for what this version cannot read.</summary>
    public static GroupState Read(IReadOnlyList<TableEntity> rows)
    {
        GroupHead? head = null;
        var (holds, members) = (new List<PartitionHold>(), new Dictionary<QueueName, GroupMember>());
        foreach (var row in rows)
        {
            if (row.GetInt32(FormatColumn) is not Format)
                throw Unsupported(row);
            if (row.RowKey == HeadKey)
                head = ReadHead(row);
            else if (row.RowKey[0] == 'p')
                holds.Add(ReadHold(row, holds.Count));
            else if (row.RowKey[0] == 'm' && ReadMember(row) is var member)
                members.Add(member.Name, member);
        }

        return head is null ? GroupState.None : new GroupState(head, holds, members);
    }

    /// <summary>How far a group is, of a row that was read with its committed offset; null: it is of another form.</summary>
    public static long? CommittedOf(TableEntity row) => row.GetInt64(CommittedColumn);

    /// <summary>What to select for <see cref="CommittedOf"/>.</summary>
    public static readonly string[] CommittedColumns = [CommittedColumn];

    private static GroupHead ReadHead(TableEntity row) =>
        row.GetGuid(IdColumn) is { } id && row.GetDateTimeOffset(CreatedColumn) is { } at && row.GetInt64(ChangesColumn) is { } changes
            ? new GroupHead(id, at, changes, row.GetGuid(WriteColumn) ?? default, row.StoredETag())
            : throw Unsupported(row);

    private static GroupMember ReadMember(TableEntity row) =>
        QueueName.TryParse(row.RowKey[1..], out var name) && row.GetDateTimeOffset(UntilColumn) is { } until
            ? new GroupMember(name, until, row.GetGuid(WriteColumn) ?? default, row.StoredETag())
            : throw Unsupported(row);

    private static PartitionHold ReadHold(TableEntity row, int place)
    {
        if (
            row.RowKey != HoldKey(place)
            || row.GetInt64(CommittedColumn) is not { } committed
            || row.GetInt64(HoldColumn) is not { } hold
            || row.GetDateTimeOffset(UntilColumn) is not { } until
            || row.GetDateTimeOffset(WriterSinceColumn) is not { } since
        )
            throw Unsupported(row);
        return new PartitionHold
        {
            Partition = place,
            Committed = committed,
            Member = QueueName.TryParse(row.GetString(MemberColumn), out var member) ? member : null,
            Hold = (ulong)hold,
            Until = until,
            WantedBy = QueueName.TryParse(row.GetString(WantedColumn), out var by) ? by : null,
            Writer = new ProcessId((uint)(row.GetInt64(WriterColumn) ?? 0)),
            WriterSince = since,
            ServedBy = new ProcessId((uint)(row.GetInt64(ServedByColumn) ?? 0)),
            ServedUntil = row.GetDateTimeOffset(ServedUntilColumn),
            Write = row.GetGuid(WriteColumn) ?? default,
            ETag = row.StoredETag(),
        };
    }

    private static UnsupportedFormatException Unsupported(TableEntity row) =>
        new($"The row {row.RowKey} of a group is not one that this version of FuncQueue writes.");
}
