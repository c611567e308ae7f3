using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>A body as it was stored, streamed.</summary>
internal sealed class BodyResponse(OpenedBody body) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using (body)
        {
            var response = httpContext.Response;
            response.ContentType = body.ContentType;
            response.ContentLength = body.Length;
            // Whatever the producer sent is data: no browser is to take it for a page of this origin.
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers.ContentDisposition = "attachment";
            if (HttpMethods.IsHead(httpContext.Request.Method))
                return;
            try
            {
                await body.Content.CopyToAsync(response.Body, httpContext.RequestAborted);
            }
            catch (IOException) when (!httpContext.RequestAborted.IsCancellationRequested)
            {
                // Storage failed half-way. The answer has begun, so only a broken connection tells that this is not all.
                httpContext.Abort();
            }
        }
    }
}
