using System.Text.Encodings.Web;
using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>A list of messages, sent as it is written: the JSON of a hundred long bodies is never held whole for a caller who reads slowly.</summary>
internal sealed class MessagesResponse(IReadOnlyList<DeliveredMessage> messages, string queueUrl, string? continuation = null) : IResult
{
    private const int FlushBytes = 64 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        await using (var writer = new Utf8JsonWriter(response.BodyWriter, Options))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("messages");
            long flushed = 0;
            foreach (var delivered in messages)
            {
                MessageJson.Write(writer, delivered.Message, queueUrl, delivered.Receipt);
                if (writer.BytesCommitted + writer.BytesPending - flushed < FlushBytes)
                    continue;
                writer.Flush();
                flushed = writer.BytesCommitted;
                await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
            }

            writer.WriteEndArray();
            if (continuation is not null)
                writer.WriteString("continuation", continuation);
            writer.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
