using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Figures;

/// <summary>The rows of figures, looked at from outside.</summary>
internal static class StoredFigures
{
    public static async Task<IReadOnlyList<string>> KeysAsync(AzuriteFixture azurite, EngineOptions options)
    {
        var keys = new List<string>();
        var table = new TableClient(azurite.ConnectionString, options.RegistryTable);
        await foreach (
            var row in table.QueryAsync<TableEntity>(
                "PartitionKey eq 'figures'",
                select: ["RowKey"],
                cancellationToken: TestContext.Current.CancellationToken
            )
        )
            keys.Add(row.RowKey);
        return keys;
    }

    /// <summary>Puts a row there as another version may write it.</summary>
    public static Task PutAsync(AzuriteFixture azurite, EngineOptions options, string key, byte[] shards) =>
        new TableClient(azurite.ConnectionString, options.RegistryTable).UpsertEntityAsync(
            new TableEntity("figures", key) { ["Table"] = "q", ["Shards"] = shards },
            TableUpdateMode.Replace,
            TestContext.Current.CancellationToken
        );
}
