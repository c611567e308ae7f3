using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// Rows that this version cannot read, as they are: a process tells of each once, however often it forgets its queue and finds it again.
/// </summary>
internal sealed class UnreadableRows(ILogger log)
{
    private const int Most = 1024;

    private readonly ConcurrentDictionary<(string Table, string Partition, string Row), ETag> rows = new();

    /// <summary>Whether the row was found to be unreadable as it is now.</summary>
    public bool Contains(string table, string partition, TableEntity entity) =>
        rows.TryGetValue((table, partition, entity.RowKey), out var known) && known == entity.StoredETag();

    /// <summary>Takes note of such a row, and tells of it unless that was done.</summary>
    public void Add(string table, string partition, TableEntity entity, UnsupportedFormatException exception)
    {
        if (Contains(table, partition, entity))
            return;
        if (rows.Count >= Most)
            rows.Clear();
        rows[(table, partition, entity.RowKey)] = entity.StoredETag();
        EngineLog.UnreadableRow(log, exception, table, partition, entity.RowKey);
    }
}
