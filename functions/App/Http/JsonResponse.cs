using System.Text.Encodings.Web;
using System.Text.Json;

namespace FuncQueue.Functions.Http;

/// <summary>
/// A JSON answer, written straight to the connection. Exposes nothing: the real worker also serialises public properties of results.
/// </summary>
internal sealed class JsonResponse(
    int status,
    Action<Utf8JsonWriter> write,
    string contentType = "application/json",
    Action<IHeaderDictionary>? headers = null
) : IResult
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        headers?.Invoke(response.Headers);
        await using (var writer = new Utf8JsonWriter(response.BodyWriter, Options))
            write(writer);
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}

/// <summary>An answer without a body.</summary>
internal sealed class EmptyResponse(int status) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
