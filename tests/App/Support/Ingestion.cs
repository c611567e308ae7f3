using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace FuncQueue.App.Tests.Support;

/// <summary>
/// Where Application Insights takes telemetry in, on the loopback address over TLS; it keeps what it is sent by those who have a token.
/// </summary>
public sealed class Ingestion : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<JsonNode> items = new();

    private Ingestion(WebApplication app) => this.app = app;

    /// <summary>Everything taken in so far.</summary>
    public IReadOnlyCollection<JsonNode> Items => items;

    /// <summary>What an app is told of it; the instrumentation key is nobody's.</summary>
    public string ConnectionString => $"InstrumentationKey=3b1b7a52-7f0e-4d43-8f7b-0d5f6a3d9e10;IngestionEndpoint={app.Urls.First()}/";

    public static async Task<Ingestion> StartAsync(LoopbackCertificate certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate.Certificate)));
        var app = builder.Build();
        var ingestion = new Ingestion(app);
        app.Run(ingestion.TakeAsync);
        await app.StartAsync();
        return ingestion;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        if (!context.Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var body =
            context.Request.Headers.ContentEncoding == "gzip"
                ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
                : context.Request.Body;
        using var reader = new StreamReader(body);
        var count = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            items.Enqueue(JsonNode.Parse(line)!);
            count++;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            JsonSerializer.Serialize(
                new
                {
                    itemsReceived = count,
                    itemsAccepted = count,
                    errors = Array.Empty<string>(),
                }
            )
        );
    }
}
