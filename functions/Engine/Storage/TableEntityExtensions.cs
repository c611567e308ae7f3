using Azure;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Storage;

internal static class TableEntityExtensions
{
    /// <summary>The ETag that the entity was read with; under a selection of columns the SDK leaves it among the properties.</summary>
    public static ETag StoredETag(this TableEntity entity) =>
        entity.ETag == default ? new ETag(entity.GetString("odata.etag")) : entity.ETag;

    /// <summary>A column, or null; <see cref="UnsupportedFormatException"/> when it is of another type than this version writes.</summary>
    public static T? Column<T>(this TableEntity entity, string name)
        where T : class
    {
        if (!entity.TryGetValue(name, out var value) || value is null)
            return null;
        return value as T
            ?? throw new UnsupportedFormatException($"The row {entity.RowKey} has a column {name} of the type {value.GetType().Name}.");
    }
}
