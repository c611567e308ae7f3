using System.Text.Json;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>Records, sent as they are written: a page of megabytes is never held whole for a caller who reads slowly.</summary>
/// <param name="tail">Writes what stands behind the records.</param>
internal sealed class RecordsResponse(
    IReadOnlyList<Record> records,
    string topicUrl,
    bool withPartition,
    bool asEvents,
    Action<Utf8JsonWriter> tail
) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        JsonStream.WriteAsync(
            httpContext,
            "records",
            records,
            (writer, record) => RecordJson.Write(writer, record, topicUrl, withPartition, asEvents),
            tail
        );
}
