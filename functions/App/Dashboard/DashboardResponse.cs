using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace FuncQueue.Functions.Dashboard;

/// <summary>
/// A file of the dashboard, in a coding that the browser takes. With a tag it is asked for each time, else kept for good.
/// </summary>
internal sealed class DashboardResponse(DashboardFile file, string policy, string? tag) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var headers = response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = tag is null ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = "Accept-Encoding";
        if (tag is not null)
        {
            headers.ETag = $"\"{tag}\"";
            if (request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag.Value?.Trim('"') == tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.ContentType = file.ContentType;
        var bytes = Choose(request, headers);
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(request.Method))
            await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }

    private byte[] Choose(HttpRequest request, IHeaderDictionary headers)
    {
        var taken = request.GetTypedHeaders().AcceptEncoding;
        if (Takes(taken, "br"))
        {
            headers.ContentEncoding = "br";
            return file.Brotli;
        }

        if (Takes(taken, "gzip"))
        {
            headers.ContentEncoding = "gzip";
            return file.Gzip;
        }

        using var unpacked = new GZipStream(new MemoryStream(file.Gzip), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        unpacked.CopyTo(plain);
        return plain.ToArray();
    }

    private static bool Takes(IList<StringWithQualityHeaderValue> taken, string coding) =>
        taken.Any(value => value.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && value.Quality is not 0);
}
