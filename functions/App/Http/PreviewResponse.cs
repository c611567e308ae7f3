using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>What a dry run tells.</summary>
internal sealed class PreviewResponse(MessagePreview preview, string queueUrl) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        JsonStream.WriteAsync(
            httpContext,
            "examples",
            preview.Examples,
            (writer, message) => MessageJson.WritePeeked(writer, message, queueUrl),
            writer => writer.WriteNumber("matching", preview.Matching)
        );
}
