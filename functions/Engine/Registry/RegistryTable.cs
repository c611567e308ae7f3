using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>Access to the registry's one table, which is made when the first write finds it missing.</summary>
/// <param name="partition">The partition that is read; what is written says its own.</param>
internal sealed class RegistryTable(StorageClients storage, string name, string partition = RegistryKeys.Partition)
{
    private readonly TableClient reads = storage.Reads.GetTableClient(name);
    private readonly TableClient writes = storage.Writes.GetTableClient(name);

    /// <summary>The row, or null; also when there is no registry yet.</summary>
    public async Task<TableEntity?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var found = await reads.GetEntityIfExistsAsync<TableEntity>(partition, key, null, cancellationToken);
            return found.HasValue ? found.Value : null;
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }

    /// <summary>Rows of a key range in order, up to <paramref name="most"/>.</summary>
    public Task<List<TableEntity>> QueryAsync(KeyRange range, int most, CancellationToken cancellationToken) =>
        QueryAsync(range, most, row => row, cancellationToken);

    /// <summary>
    /// What <paramref name="read"/> makes of the rows of a key range, in order, up to <paramref name="most"/>; rows of which it makes null
    /// are passed over.
    /// </summary>
    public async Task<List<T>> QueryAsync<T>(KeyRange range, int most, Func<TableEntity, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {range.From} and RowKey lt {range.To}");
        var rows = new List<T>();
        try
        {
            await foreach (
                var row in reads.QueryAsync<TableEntity>(filter, Math.Min(most, ShardTable.MaxPageRows), null, cancellationToken)
            )
            {
                if (read(row) is { } made)
                    rows.Add(made);
                if (rows.Count >= most)
                    break;
            }

            return rows;
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            if (fault.Kind == FaultKind.TableMissing)
                return rows;
            throw new StorageFaultException(fault, exception);
        }
    }

    /// <summary>All operations or none. Makes the table when it is missing.</summary>
    public async Task<Commit> CommitAsync(params IReadOnlyList<TableTransactionAction> operations)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var answers = await writes.SubmitTransactionAsync(operations, CancellationToken.None);
                return new Commit.Done([.. answers.Value.Select(a => a.Headers.ETag ?? default)]);
            }
            catch (Exception exception) when (StorageFault.TryClassify(exception, out var fault))
            {
                if (fault.Kind != FaultKind.TableMissing || attempt > 0)
                    return new Commit.Failed(fault);
            }

            if (await CreateAsync() is { } failed)
                return new Commit.Failed(failed);
        }
    }

    private async Task<StorageFault?> CreateAsync()
    {
        try
        {
            await reads.CreateIfNotExistsAsync(CancellationToken.None);
            return null;
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, out var fault))
        {
            return fault;
        }
    }
}
