using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Functions.Http;

/// <summary>What the service says of itself.</summary>
public sealed class ServiceFunctions(QueueEngine engine, Api api)
{
    private static readonly Lazy<byte[]> Document = new(ReadDocument);

    /// <summary>200 when storage answers and the clock is right, else 503. Needs no key, and tells no secret.</summary>
    [Function("Health")]
    public Task<IResult> HealthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        api.RunAsync(
            request,
            Need.Nothing,
            async _ =>
            {
                var report = await engine.CheckHealthAsync(cancellationToken);
                return new JsonResponse(
                    report.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
                    writer =>
                    {
                        writer.WriteStartObject();
                        writer.WriteString("status", report.Healthy ? "healthy" : "unhealthy");
                        writer.WriteString("detail", report.Detail);
                        writer.WriteEndObject();
                    }
                );
            },
            cancellationToken
        );

    /// <summary>The description of this API, OpenAPI 3.1.</summary>
    [Function("OpenApi")]
    public Task<IResult> OpenApiAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi.json")] HttpRequest request,
        CancellationToken cancellationToken
    ) => api.RunAsync(request, Need.Nothing, _ => Task.FromResult<IResult>(new DocumentResponse(Document.Value)), cancellationToken);

    private static byte[] ReadDocument()
    {
        using var stream = typeof(ServiceFunctions).Assembly.GetManifestResourceStream("openapi.json")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private sealed class DocumentResponse(byte[] document) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/json";
            return httpContext.Response.Body.WriteAsync(document, httpContext.RequestAborted).AsTask();
        }
    }
}
