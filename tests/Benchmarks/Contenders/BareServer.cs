using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Benchmarks.Contenders;

/// <summary>
/// An ASP.NET Core endpoint that reads a message and answers as FuncQueue would, and keeps nothing, or answers the page of records that it
/// was given: the most that HTTP gives here.
/// </summary>
internal static class BareServer
{
    /// <summary>Serves until standard input ends; says where.</summary>
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPut("/queues/{queue}", (string queue) => Results.Json(new { name = queue }, statusCode: 201));
        app.MapPost(
            "/queues/{queue}/messages",
            async (HttpRequest request, string queue) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                return Results.Json(
                    new
                    {
                        messageId = Guid.NewGuid(),
                        enqueuedAt = TimeProvider.System.GetUtcNow(),
                        duplicate = false,
                        queue,
                        length = body.Length,
                    },
                    statusCode: 201
                );
            }
        );
        var page = Array.Empty<byte>();
        app.MapPut(
            "/page",
            async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                page = body.ToArray();
            }
        );
        // Whatever is asked for.
        app.MapGet("/topics/{topic}/partitions/{partition}/records", () => Results.Bytes(page, "application/json"));
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null) { }

        await app.StopAsync();
    }
}
