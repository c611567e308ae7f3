using FuncQueue.Engine.Payloads;

namespace FuncQueue.Engine.Storage;

/// <summary>A storage account that queues lie in, with their tables and payloads.</summary>
/// <param name="Name">What the registry calls it; null: the account that the registry itself lies in.</param>
internal sealed record DataAccount(string? Name, StorageClients Clients, PayloadStore Payloads)
{
    public async Task CreateTableAsync(string table)
    {
        try
        {
            await Clients.Reads.CreateTableIfNotExistsAsync(table, CancellationToken.None);
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }

    /// <summary>
    /// Removes a table, if it is there: from then on nothing can be written to it, though storage may take a while to clear it away.
    /// </summary>
    public async Task RemoveTableAsync(string table)
    {
        try
        {
            await Clients.Reads.DeleteTableAsync(table, CancellationToken.None);
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, out var fault))
        {
            if (fault.Kind is not (FaultKind.TableMissing or FaultKind.Conflict))
                throw new StorageFaultException(fault, exception);
        }
    }
}
