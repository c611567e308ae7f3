using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>All groups of a topic, as they are in its table. Faults of storage are thrown.</summary>
internal sealed class GroupTable(StorageClients clients, string table)
{
    private readonly TableClient reads = clients.Reads.GetTableClient(table);

    /// <summary>The group, or all, by name.</summary>
    public async Task<IReadOnlyList<(QueueName Name, GroupState Group)>> ReadAsync(QueueName? group, CancellationToken cancellationToken)
    {
        var filter = group is null ? Partitions() : TableClient.CreateQueryFilter($"PartitionKey eq {GroupRows.PartitionOf(group)}");
        var rows = await QueryAsync(filter, null, cancellationToken);
        var groups = new List<(QueueName, GroupState)>();
        foreach (var one in rows.GroupBy(r => r.PartitionKey, StringComparer.Ordinal))
        {
            if (
                QueueName.TryParse(one.Key[GroupRows.PartitionPrefix.Length..], out var name)
                && GroupRows.Read([.. one]) is { Head: not null } there
            )
                groups.Add((name, there));
        }

        return groups;
    }

    /// <summary>The least offset of a partition that a group has not committed; null: there is no group.</summary>
    public async Task<long?> LeastCommittedAsync(int partition, CancellationToken cancellationToken)
    {
        var key = GroupRows.HoldKey(partition);
        var filter = $"{Partitions()} and {TableClient.CreateQueryFilter($"RowKey eq {key}")}";
        var rows = await QueryAsync(filter, GroupRows.CommittedColumns, cancellationToken);
        return rows.Select(GroupRows.CommittedOf).Min();
    }

    private static string Partitions()
    {
        const string from = GroupRows.PartitionPrefix;
        const string to = "h";
        return TableClient.CreateQueryFilter($"PartitionKey ge {from} and PartitionKey lt {to}");
    }

    private async Task<List<TableEntity>> QueryAsync(string filter, IEnumerable<string>? columns, CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        try
        {
            await foreach (var row in reads.QueryAsync<TableEntity>(filter, ShardTable.MaxPageRows, columns, cancellationToken))
                rows.Add(row);
            return rows;
        }
        catch (Exception exception) when (StorageFault.TryClassify(exception, cancellationToken, out var fault))
        {
            throw new StorageFaultException(fault, exception);
        }
    }
}
