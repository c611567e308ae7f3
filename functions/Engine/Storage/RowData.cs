using System.Globalization;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Storage;

/// <summary>The long column of a row: <c>B0</c>, <c>B1</c> and so on, of at most 64 KiB a property (Table Storage).</summary>
internal static class RowData
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly string[] Names = [.. Enumerable.Range(0, 16).Select(i => "B" + i.ToString(CultureInfo.InvariantCulture))];

    public static void Write(TableEntity entity, ReadOnlyMemory<byte> data)
    {
        for (var i = 0; i * ChunkBytes < data.Length; i++)
            entity[Names[i]] = data.Slice(i * ChunkBytes, Math.Min(ChunkBytes, data.Length - i * ChunkBytes)).ToArray();
    }

    public static ReadOnlyMemory<byte> Read(TableEntity entity)
    {
        var chunks = new List<byte[]>();
        foreach (var name in Names)
        {
            if (entity.Column<byte[]>(name) is not { } chunk)
                break;
            chunks.Add(chunk);
        }

        if (chunks.Count == 1)
            return chunks[0];
        var all = new byte[chunks.Sum(c => c.Length)];
        var at = 0;
        foreach (var chunk in chunks)
        {
            chunk.CopyTo(all, at);
            at += chunk.Length;
        }

        return all;
    }
}
