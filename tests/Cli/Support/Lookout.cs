using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Cli.Tests.Support;

/// <summary>A server between the program and the app, which tells when a request has come.</summary>
internal sealed class Lookout : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly HttpClient http;
    private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Lookout(string target, string path)
    {
        http = new HttpClient { BaseAddress = new Uri(target), Timeout = Timeout.InfiniteTimeSpan };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.Run(context =>
        {
            if (context.Request.Path.ToString().EndsWith(path, StringComparison.Ordinal))
                seen.TrySetResult();
            return ForwardAsync(context);
        });
    }

    public string Address => server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>A request whose path ends so has come.</summary>
    public Task Seen => seen.Task;

    public static async Task<Lookout> StartAsync(string target, string path)
    {
        var started = new Lookout(target, path);
        await started.server.StartAsync();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            context.Request.Path + context.Request.QueryString.ToString()
        );
        try
        {
            using var answer = await http.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The caller is gone, and so is its request.
            context.Abort();
        }
    }
}
