using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Dashboard;
using FuncQueue.Functions.Http;
using FuncQueue.Functions.Settings;
using FuncQueue.Functions.Sqs;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions;

/// <summary>All that the functions need, whoever runs them: a Functions host or LocalHost.</summary>
internal static class AppComposition
{
    /// <summary>
    /// Adds the engine, both protocols, telemetry, and the limits of the web server that takes the requests in this process. Ends the
    /// process where a setting keeps no secret that should.
    /// </summary>
    /// <param name="place">Who lets requests through to the functions.</param>
    public static void AddFuncQueue(this IHostApplicationBuilder builder, AccessPlace place)
    {
        builder.Configuration.RefuseBadSecrets();
        // Frameworks tell each request, of callers and to storage: a Functions host would be sent them all.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
        builder.Services.AddFuncQueueEngine(builder.Configuration);
        builder.Services.AddFuncQueueAccess(builder.Configuration, place);
        builder.Services.AddFuncQueueHttp(builder.Configuration);
        builder.Services.AddFuncQueueDashboard(builder.Configuration);
        builder.Services.AddFuncQueueSqs(builder.Configuration, place);
        builder.Services.AddFuncQueueTelemetry(builder.Configuration);
        builder.Services.Configure<KestrelServerOptions>(Limit);
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // The functions set their own limit, and answer beyond it with a problem of their own.
        kestrel.Limits.MaxRequestBodySize = null;
        // The Functions host takes 32 KiB from the caller and adds headers of its own.
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        // What is read ahead of the functions, for each connection; 1 MiB otherwise, which many slow uploads fill.
        kestrel.Limits.MaxRequestBufferSize = 256 * 1024;
    }
}
