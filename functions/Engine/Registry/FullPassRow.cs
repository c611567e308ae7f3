using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>
/// When a process last visited every shard, marked or not. It lies among the markers, so that the query that reads them finds it. Of
/// several processes that find the next pass due one begins it; should it stop, another does, after a while.
/// </summary>
internal sealed record FullPassRow(DateTimeOffset? BeganAt, DateTimeOffset? EndedAt, ETag ETag)
{
    private const string Key = RegistryKeys.ActivePrefix + "full-pass";
    private const string Began = "BeganAt";
    private const string Ended = "EndedAt";

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Longer than a pass takes: one that began so long ago without ending was left by a process that stopped.</summary>
    private static readonly TimeSpan LongestPass = TimeSpan.FromMinutes(20);

    /// <summary>There was none yet.</summary>
    public static readonly FullPassRow None = new(null, null, default);

    public static bool Is(TableEntity row) => row.RowKey == Key;

    public static FullPassRow Read(TableEntity row) => new(row.GetDateTimeOffset(Began), row.GetDateTimeOffset(Ended), row.StoredETag());

    public bool IsDue(DateTimeOffset now)
    {
        if (EndedAt is { } ended && now < ended + Interval)
            return false;
        return BeganAt is not { } began || began <= EndedAt || now >= began + LongestPass;
    }

    /// <summary>A pass begins, unless another process has begun it.</summary>
    public TableTransactionAction Begin(DateTimeOffset now) => Write(Began, now, ETag);

    /// <summary>A pass has ended.</summary>
    /// <param name="begun">What the row became when it began.</param>
    public static TableTransactionAction End(DateTimeOffset now, ETag begun) => Write(Ended, now, begun);

    private static TableTransactionAction Write(string column, DateTimeOffset now, ETag etag)
    {
        var entity = new TableEntity(RegistryKeys.Partition, Key) { [column] = now };
        return etag == default
            ? new TableTransactionAction(TableTransactionActionType.Add, entity)
            : new TableTransactionAction(TableTransactionActionType.UpdateMerge, entity, etag);
    }
}
