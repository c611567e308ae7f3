using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Figures;

/// <summary>The samples of one hour of one generation of a queue, in their order.</summary>
/// <param name="Hour">Counted from 1970.</param>
internal sealed record SampleRow(string Table, long Hour, IReadOnlyList<QueueSample> Samples)
{
    private const string TableColumn = "Table";
    private const string HourColumn = "Hour";
    private const string SamplesColumn = "Samples";

    /// <summary>The row; null for one that this version cannot read.</summary>
    public static SampleRow? Read(TableEntity entity)
    {
        try
        {
            return entity.Column<string>(TableColumn) is { } table && entity.GetInt64(HourColumn) is { } hour
                ? new SampleRow(table, hour, CountCodec.DecodeSamples(entity.Column<byte[]>(SamplesColumn)))
                : null;
        }
        catch (UnsupportedFormatException)
        {
            return null;
        }
    }

    /// <summary>To be written together with the latest counts, whose condition holds for both.</summary>
    public TableTransactionAction Write(string key) =>
        new(
            TableTransactionActionType.UpsertReplace,
            new TableEntity(FigureKeys.Partition, key)
            {
                [TableColumn] = Table,
                [HourColumn] = Hour,
                [SamplesColumn] = CountCodec.EncodeSamples(Samples),
            }
        );
}
