using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>Access to the registry's one table, which is made when the first write finds it missing.</summary>
internal sealed class RegistryTable(StorageClients storage, string name)
{
    private readonly TableClient reads = storage.Reads.GetTableClient(name);
    private readonly TableClient writes = storage.Writes.GetTableClient(name);

    /// <summary>The row, or null; also when there is no registry yet.</summary>
    public async Task<TableEntity?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var found = await reads.GetEntityIfExistsAsync<TableEntity>(RegistryKeys.Partition, key, null, cancellationToken);
            return found.HasValue ? found.Value : null;
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }

    /// <summary>Rows of a key range in order, up to <paramref name="most"/>.</summary>
    public async Task<List<TableEntity>> QueryAsync(KeyRange range, int most, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {RegistryKeys.Partition} and RowKey ge {range.From} and RowKey lt {range.To}");
        var rows = new List<TableEntity>();
        try
        {
            await foreach (var row in reads.QueryAsync<TableEntity>(filter, Math.Min(most, ShardTable.MaxPageRows), null, cancellationToken))
            {
                rows.Add(row);
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

    /// <summary>All operations or none; null when done. Makes the table when it is missing.</summary>
    public async Task<StorageFault?> CommitAsync(params IReadOnlyList<TableTransactionAction> operations)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await writes.SubmitTransactionAsync(operations, CancellationToken.None);
                return null;
            }
            catch (Exception exception) when (StorageFault.TryClassify(exception, out var fault))
            {
                if (fault.Kind != FaultKind.TableMissing || attempt > 0)
                    return fault;
            }

            if (await CreateAsync() is { } failed)
                return failed;
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
