using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace FuncQueue.Engine.Tests.Formats;

/// <summary>
/// A registry, its queues and their payloads as an earlier version left them, kept in a file and put into a real storage account.
/// </summary>
internal sealed class StoredRows
{
    private readonly JsonNode file;

    private StoredRows(JsonNode file) => this.file = file;

    /// <summary>When they were written last; nobody has touched them since.</summary>
    public DateTimeOffset TakenAt => file["takenAt"]!.GetValue<DateTimeOffset>();

    public static StoredRows Version1() =>
        new(JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Formats", "version-1.json")))!);

    /// <summary>The receipt that a consumer of that time still holds.</summary>
    public string Receipt(string message) => file["receipts"]![message]!.GetValue<string>();

    /// <summary>
    /// Puts the rows where processes with these options look for them. Queue tables keep their names: receipts are good for these only.
    /// </summary>
    public async Task StoreAsync(string connection, EngineOptions options, CancellationToken cancellationToken)
    {
        await FillAsync(new TableClient(connection, options.RegistryTable), file["registry"]!, cancellationToken);
        foreach (var (name, rows) in file["tables"]!.AsObject())
        {
            var table = new TableClient(connection, name);
            await table.DeleteAsync(cancellationToken);
            await FillAsync(table, rows!, cancellationToken);
        }

        var container = new BlobContainerClient(connection, options.PayloadContainer);
        await container.CreateAsync(cancellationToken: cancellationToken);
        foreach (var blob in file["blobs"]!.AsArray())
        {
            var text = new string(blob!["fill"]!.GetValue<string>()[0], blob["length"]!.GetValue<int>());
            await container.UploadBlobAsync(blob["name"]!.GetValue<string>(), BinaryData.FromString(text), cancellationToken);
        }
    }

    /// <summary>The table of a queue.</summary>
    public string TableOf(string queue) =>
        file["registry"]!.AsArray().Single(row => row!["RowKey"]!.GetValue<string>() == "q:" + queue)!["Table"]!.GetValue<string>();

    private static async Task FillAsync(TableClient table, JsonNode rows, CancellationToken cancellationToken)
    {
        await table.CreateAsync(cancellationToken);
        foreach (var row in rows.AsArray())
            await table.AddEntityAsync(Entity(row!.AsObject()), cancellationToken);
    }

    private static TableEntity Entity(JsonObject row)
    {
        var entity = new TableEntity();
        foreach (var (column, value) in row)
        {
            var (name, type) = column.Split('@') is [var n, var t] ? (n, t) : (column, "String");
            entity[name] = type switch
            {
                "String" => value!.GetValue<string>(),
                "Binary" => Convert.FromBase64String(value!.GetValue<string>()),
                "Int32" => value!.GetValue<int>(),
                "Int64" => value!.GetValue<long>(),
                "Boolean" => value!.GetValue<bool>(),
                "Guid" => Guid.Parse(value!.GetValue<string>()),
                "DateTime" => DateTimeOffset.Parse(value!.GetValue<string>(), CultureInfo.InvariantCulture),
                _ => throw new FormatException($"Column {column} has no type that tables know."),
            };
        }

        return entity;
    }
}
