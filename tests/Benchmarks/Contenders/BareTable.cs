using Azure.Data.Tables;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>One insert into a table for each message: what storage itself takes, and the least that an enqueue can take.</summary>
internal sealed class BareTable(string connectionString)
{
    private readonly TableClient table = new(
        connectionString,
        "bare" + Guid.NewGuid().ToString("N"),
        new TableClientOptions
        {
            Retry = { MaxRetries = 0 },
            Diagnostics = { IsLoggingEnabled = false, IsDistributedTracingEnabled = false },
        }
    );
    private long count;

    public Task CreateAsync() => table.CreateIfNotExistsAsync();

    public Task InsertAsync(ReadOnlyMemory<byte> body) =>
        table.AddEntityAsync(
            new TableEntity("0", Interlocked.Increment(ref count).ToString("x16", System.Globalization.CultureInfo.InvariantCulture))
            {
                ["Body"] = body.ToArray(),
            }
        );
}
