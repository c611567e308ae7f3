using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Client.Tests.Chaos;

/// <summary>
/// A server between clients and the app: it refuses, delays, loses answers, and cuts connections before and after the app did its part.
/// </summary>
internal sealed class ChaoticProxy : IAsyncDisposable
{
    private readonly WebApplication proxy;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Random random;
    private readonly Lock gate = new();

    private ChaoticProxy(int seed)
    {
        random = new Random(seed);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        proxy = builder.Build();
        proxy.Run(ForwardAsync);
    }

    /// <summary>Where the app is now; it may be another process than before.</summary>
    public Uri? Target { get; set; }

    /// <summary>Of 100 requests, how many something happens to.</summary>
    public int Trouble { get; set; }

    public int Troubles { get; private set; }

    /// <summary>Looks on.</summary>
    public ITraffic? Traffic { get; init; }

    public Uri Address => new(proxy.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<ChaoticProxy> StartAsync(int seed, ITraffic? traffic = null)
    {
        var started = new ChaoticProxy(seed) { Traffic = traffic };
        await started.proxy.StartAsync();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        var body = await ReadAsync(context.Request);
        var path = context.Request.Path.ToString();
        var request = Json(context.Request.ContentType, body);
        if (request is not null)
            Traffic?.Asked(path, request);
        var trouble = Next();
        switch (trouble)
        {
            case 0:
                await RefuseAsync(context, HttpStatusCode.TooManyRequests, "overloaded");
                return;
            case 1:
                await RefuseAsync(context, HttpStatusCode.ServiceUnavailable, "storage-throttled");
                return;
            case 2:
                context.Abort();
                return;
            case 3:
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
                break;
        }

        try
        {
            using var answer = await SendAsync(context, body);
            var answered = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
            if (answer.IsSuccessStatusCode && Json(answer.Content.Headers.ContentType?.MediaType, answered) is { } json)
                Traffic?.Answered(path, request, json);
            switch (trouble)
            {
                case 4:
                    context.Abort();
                    return;
                case 5:
                    await RefuseAsync(context, HttpStatusCode.ServiceUnavailable, "outcome-unknown");
                    return;
                case 6:
                    await RefuseAsync(context, HttpStatusCode.BadGateway, null);
                    return;
            }

            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            if (answer.Headers.RetryAfter is { } after)
                context.Response.Headers.RetryAfter = after.ToString();
            await context.Response.Body.WriteAsync(answered, context.RequestAborted);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            // The app is away, or the caller.
            context.Abort();
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        return buffer.ToArray();
    }

    private static JsonNode? Json(string? contentType, byte[] body) =>
        body.Length > 0 && contentType?.StartsWith("application/json", StringComparison.Ordinal) == true ? JsonNode.Parse(body) : null;

    private Task<HttpResponseMessage> SendAsync(HttpContext context, byte[] body)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            new Uri(Target!, context.Request.Path + context.Request.QueryString.ToString())
        );
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        return http.SendAsync(request, HttpCompletionOption.ResponseContentRead, context.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context, HttpStatusCode status, string? code)
    {
        context.Response.StatusCode = (int)status;
        if (code is null)
            return;
        context.Response.ContentType = "application/problem+json";
        await context.Response.WriteAsync($$"""{"code":"{{code}}","detail":"Chaos."}""");
    }

    /// <summary>Which trouble this request has; 7: none.</summary>
    private int Next()
    {
        lock (gate)
        {
            if (random.Next(100) >= Trouble)
                return 7;
            Troubles++;
            return random.Next(7);
        }
    }
}
