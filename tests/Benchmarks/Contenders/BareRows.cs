using Azure.Data.Tables;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>Reads the rows of the only topic there is, and does nothing with them: what storage itself takes for a replay.</summary>
internal sealed class BareRows(string connectionString)
{
    private readonly TableServiceClient tables = new(
        connectionString,
        new TableClientOptions { Diagnostics = { IsLoggingEnabled = false, IsDistributedTracingEnabled = false } }
    );

    /// <summary>All rows, so many a request at most; how many there are.</summary>
    public async Task<int> ReadAsync(int rowsInPage)
    {
        var rows = 0;
        await foreach (var table in tables.QueryAsync("TableName ge 't' and TableName lt 'u'"))
        {
            var pages = tables
                .GetTableClient(table.Name)
                .QueryAsync<TableEntity>("PartitionKey eq '00' and RowKey ge 'r' and RowKey lt 's'", rowsInPage)
                .AsPages();
            await foreach (var page in pages)
                rows += page.Values.Count;
        }

        return rows;
    }
}
