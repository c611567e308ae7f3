using Azure;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Storage;

internal static class TableEntityExtensions
{
    /// <summary>The ETag that the entity was read with; under a selection of columns the SDK leaves it among the properties.</summary>
    public static ETag StoredETag(this TableEntity entity) => entity.ETag == default ? new ETag(entity.GetString("odata.etag")) : entity.ETag;
}
