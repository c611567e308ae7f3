using Azure;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>Rows of a format version that is not known yet, in a real table.</summary>
internal static class LaterRows
{
    /// <summary>The row with another version in one of its columns, as it is stored then.</summary>
    public static async Task<TableEntity> MakeLaterAsync(this TableClient table, TableEntity row, string column, byte version)
    {
        row.GetBinary(column)[0] = version;
        await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace, TestContext.Current.CancellationToken);
        return await table.GetEntityAsync<TableEntity>(
            row.PartitionKey,
            row.RowKey,
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    /// <summary>Nobody has touched the row.</summary>
    public static async Task ExpectSameAsync(this TableClient table, TableEntity before)
    {
        TableEntity now = await table.GetEntityAsync<TableEntity>(
            before.PartitionKey,
            before.RowKey,
            cancellationToken: TestContext.Current.CancellationToken
        );
        now.ETag.ShouldBe(before.ETag);
        now.Keys.ShouldBe(before.Keys, ignoreOrder: true);
        foreach (var (column, value) in before)
            now[column].ShouldBe(value, column);
    }
}
