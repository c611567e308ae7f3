using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Registry;

/// <summary>Where one generation of a queue lies: its table, and the account that has the table and the payloads.</summary>
/// <param name="Account">As the registry calls it; null: the registry's own.</param>
internal readonly record struct QueuePlace(string Table, string? Account)
{
    /// <summary>A table name that no queue had before: queues of the same name never share messages.</summary>
    public static string NewTableName(QueueName queue)
    {
        var generation = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{queue.Value}/{generation}"));
        return "q" + Convert.ToHexStringLower(hash.AsSpan(0, 20));
    }

    public static QueuePlace Read(TableEntity entity) => new(entity.GetString("Table"), entity.GetString("Account"));

    /// <summary>Adds the place to a row. A queue in the registry's own account looks as it did when there was no other.</summary>
    public TableEntity Write(TableEntity entity)
    {
        entity["Table"] = Table;
        if (Account is not null)
            entity["Account"] = Account;
        return entity;
    }
}
