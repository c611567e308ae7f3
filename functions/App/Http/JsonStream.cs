using System.Text.Encodings.Web;
using System.Text.Json;

namespace FuncQueue.Functions.Http;

/// <summary>Answers with a list, sent piece by piece as it is written, and what belongs to it.</summary>
internal static class JsonStream
{
    private const int FlushBytes = 64 * 1024;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <param name="httpContext">Of the request.</param>
    /// <param name="name">The list's.</param>
    /// <param name="items">What is in it.</param>
    /// <param name="write">Writes one.</param>
    /// <param name="tail">Writes the members behind the list.</param>
    public static async Task WriteAsync<T>(
        HttpContext httpContext,
        string name,
        IReadOnlyList<T> items,
        Action<Utf8JsonWriter, T> write,
        Action<Utf8JsonWriter> tail
    )
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/json";
        await using (var writer = new Utf8JsonWriter(response.BodyWriter, Options))
        {
            writer.WriteStartObject();
            writer.WriteStartArray(name);
            long flushed = 0;
            foreach (var item in items)
            {
                write(writer, item);
                if (writer.BytesCommitted + writer.BytesPending - flushed < FlushBytes)
                    continue;
                writer.Flush();
                flushed = writer.BytesCommitted;
                await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
            }

            writer.WriteEndArray();
            tail(writer);
            writer.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
