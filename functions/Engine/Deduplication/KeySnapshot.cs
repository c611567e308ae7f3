using System.Globalization;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Deduplication;

/// <summary>
/// The deduplication keys of a shard as they were at one instant, for a purge, which forgets them with the messages that they stand for. A
/// key that is taken later stands for a message that the purge need not have met. 24 bytes a key: there may be millions.
/// </summary>
internal sealed class KeySnapshot
{
    private readonly List<(UInt128 Key, long ETag)> keys = [];

    private KeySnapshot() { }

    public static async Task<KeySnapshot> TakeAsync(ShardTable table, CancellationToken cancellationToken)
    {
        var snapshot = new KeySnapshot();
        for (KeyRange? rest = DeduplicationRows.All; rest is { } part; )
        {
            var (rows, last) = await table.ReadEntitiesAsync(part, ShardTable.MaxPageRows, ["RowKey"], cancellationToken);
            foreach (var row in rows)
            {
                // A key of another form is one of a later version, and stays.
                if (
                    UInt128.TryParse(row.RowKey.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
                    && ETagTime.TicksOf(row.StoredETag()) is { } etag
                )
                    snapshot.keys.Add((key, etag));
            }

            rest = last is null ? null : part.After(last);
        }

        return snapshot;
    }

    /// <summary>Forgets those that have not been taken anew since; false when <paramref name="isTimeUp"/> came first.</summary>
    public async Task<bool> ForgetAsync(ShardTable table, Func<bool> isTimeUp)
    {
        foreach (var chunk in keys.Chunk(ShardTable.MaxOperations))
        {
            if (isTimeUp())
                return false;
            await RowRemoval.DeleteAsync(
                table,
                chunk.Select(key => (string.Create(CultureInfo.InvariantCulture, $"k{key.Key:x32}"), ETagTime.At(key.ETag)))
            );
        }

        return true;
    }
}
