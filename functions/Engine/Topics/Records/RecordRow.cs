using System.Globalization;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Records;

/// <summary>
/// <c>r{last offset}</c>: records that lie next to each other, as stored or to be stored. Keyed by its last offset, so that the row that
/// holds an offset is the first one at or after it. Immutable.
/// </summary>
internal sealed record RecordRow
{
    private const string IndexColumn = "Index";
    private const string FirstColumn = "First";
    private const string PublishedColumn = "PublishedAt";
    private const string ThroughColumn = "Through";

    // For people who look at the table; nothing reads it.
    private const string CountColumn = "Records";

    /// <summary>All rows of records.</summary>
    public static readonly KeyRange All = new("r", "s");

    /// <summary>What to select to leave the records' data out.</summary>
    public static readonly string[] SmallColumns = ["RowKey", IndexColumn];

    /// <summary>What to select to learn only which offsets a row has, and from when it is.</summary>
    public static readonly string[] PlaceColumns = ["RowKey", FirstColumn, PublishedColumn, ThroughColumn];

    public required int Partition { get; init; }

    public required RecordIndex Index { get; init; }

    /// <summary>The records, end to end; null when only the index was read.</summary>
    public required ReadOnlyMemory<byte>? Data { get; init; }

    public ETag ETag { get; init; }

    /// <summary>Bytes that had been appended to the partition with the last of these records; null: nobody has counted.</summary>
    public long? Through { get; init; }

    /// <summary>Bytes of the records, with their payloads.</summary>
    public long Bytes => Index.Records.Sum(r => r.EncodedLength + (r.Payload is null ? 0 : r.BodyLength));

    public long First => Index.First;

    public long Last => Index.Last;

    public string Key => KeyOf(Index.Last);

    public int Count => Index.Records.Length;

    /// <summary>About what the row takes in memory, or in a transaction.</summary>
    public int ApproximateBytes => 512 + (Data?.Length ?? 0) + (Count * 40) + (Index.Runs.Sum(r => r.Sets.Sum(s => 16 + (s.Count * 4))));

    /// <summary>The key of the row whose last offset this is.</summary>
    public static string KeyOf(long last) => string.Create(CultureInfo.InvariantCulture, $"r{last:x16}");

    /// <summary>The rows from the one that holds an offset on.</summary>
    public static KeyRange From(long offset) => All with { From = KeyOf(offset) };

    /// <summary>The rows of which all records lie below an offset.</summary>
    public static KeyRange Below(long offset) => All with { To = KeyOf(offset) };

    /// <summary>Of a row key: the last offset of the row.</summary>
    public static bool TryParseKey(string key, out long last)
    {
        last = 0;
        return key.Length == 17
            && key[0] == 'r'
            && long.TryParse(key.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out last)
            && last >= 0;
    }

    /// <summary>The place in the row of the first record at or after an offset; <see cref="Count"/>: there is none.</summary>
    public int Find(long offset)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Index.Records[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Bytes of the encoded records from an offset on.</summary>
    public long BytesFrom(long offset)
    {
        var bytes = 0L;
        for (var i = Find(offset); i < Count; i++)
            bytes += Index.Records[i].EncodedLength;
        return bytes;
    }

    /// <summary>The encoded records from a place in the row on; the data must have been read.</summary>
    public IEnumerable<(RecordEntry Entry, ReadOnlyMemory<byte> Encoded)> ReadFrom(int place)
    {
        var data = Data ?? throw new InvalidOperationException("The data of this row was not read.");
        var at = 0;
        for (var i = 0; i < Count; i++)
        {
            var entry = Index.Records[i];
            if (i >= place)
                yield return (entry, data.Slice(at, entry.EncodedLength));
            at += entry.EncodedLength;
        }
    }

    /// <summary>The records from an offset on, as callers see them.</summary>
    /// <param name="tableHash">Of the topic's table (<see cref="RecordId.HashOf"/>).</param>
    public IEnumerable<Record> RecordsFrom(long offset, ulong tableHash)
    {
        foreach (var (entry, encoded) in ReadFrom(Find(offset)))
            yield return View(entry, RecordCodec.Decode(encoded), tableHash);
    }

    public TableTransactionAction Insert() => new(TableTransactionActionType.Add, ToEntity());

    /// <summary>Puts this in the place of the row that was read.</summary>
    public TableTransactionAction Replace() => new(TableTransactionActionType.UpdateReplace, ToEntity(), ETag);

    private TableEntity ToEntity()
    {
        var entity = new TableEntity(RowKeys.Partition(Partition), Key)
        {
            [IndexColumn] = RecordIndexCodec.Encode(Index),
            [FirstColumn] = Index.First,
            [PublishedColumn] = Index.PublishedAt,
            [CountColumn] = Count,
            [ThroughColumn] = Through,
        };
        RowData.Write(entity, Data!.Value);
        return entity;
    }

    /// <summary>The row; <see cref="UnsupportedFormatException"/> when it is none that this version can read.</summary>
    public static RecordRow Read(int partition, TableEntity entity, bool withData)
    {
        var index = RecordIndexCodec.Decode(entity.Column<byte[]>(IndexColumn));
        if (!TryParseKey(entity.RowKey, out var last) || index.Last != last)
            throw new UnsupportedFormatException($"The row {entity.RowKey} holds records up to the offset {index.Last}.");
        var data = withData ? RowData.Read(entity) : default(ReadOnlyMemory<byte>?);
        if (data is { } bytes)
            RequireWhole(entity.RowKey, index, bytes);
        return new RecordRow
        {
            Partition = partition,
            Index = index,
            Data = data,
            ETag = entity.StoredETag(),
            Through = entity.GetInt64(ThroughColumn),
        };
    }

    /// <summary>What a row read with <see cref="PlaceColumns"/> says.</summary>
    public static RecordPlace ReadPlace(TableEntity entity)
    {
        if (
            !TryParseKey(entity.RowKey, out var last)
            || entity.GetInt64(FirstColumn) is not { } first
            || entity.GetDateTimeOffset(PublishedColumn) is not { } at
        )
            throw new UnsupportedFormatException($"The row {entity.RowKey} does not say which records it holds.");
        return new RecordPlace(first, last, at, entity.GetInt64(ThroughColumn));
    }

    private static void RequireWhole(string key, RecordIndex index, ReadOnlyMemory<byte> data)
    {
        if (index.Records.Sum(r => (long)r.EncodedLength) != data.Length)
            throw new UnsupportedFormatException($"The row {key} has {data.Length} bytes of records, which is not what its index says.");
        foreach (var record in index.Records)
        {
            var body = RecordCodec.RequireWhole(data[..record.EncodedLength]);
            if (record.Payload is null && record.BodyLength != body)
                throw new UnsupportedFormatException(
                    $"The row {key} has a body of {body} bytes, of which its index says {record.BodyLength}."
                );
            data = data[record.EncodedLength..];
        }
    }

    private Record View(in RecordEntry entry, RecordContent content, ulong tableHash)
    {
        var run = Index.RunOf(entry);
        return new Record
        {
            Partition = Partition,
            Offset = entry.Offset,
            MessageId = RecordId.Of(tableHash, Partition, entry.Offset),
            PublishedAt = run.PublishedAt,
            Key = content.Key,
            RoutingKey = content.RoutingKey,
            Body = entry.Payload is null ? content.Body : default(ReadOnlyMemory<byte>?),
            BodyLength = entry.BodyLength,
            ContentType = content.ContentType,
            Attributes = content.Attributes,
            DeduplicationId = content.DeduplicationId,
            TraceParent = content.TraceParent,
            TraceState = content.TraceState,
            Delay = content.Delay,
            TimeToLive = content.TimeToLive,
            Priority = content.Priority,
            Payload = entry.Payload,
            RoutedBy = run.RoutedBy,
            Subscriptions = run.Sets[entry.Set],
        };
    }
}

/// <summary>Which offsets a row holds, and when the last of them was published.</summary>
/// <param name="Through">Bytes that had been appended to the partition with the last of them; null: nobody has counted.</param>
internal readonly record struct RecordPlace(long First, long Last, DateTimeOffset PublishedAt, long? Through = null);
