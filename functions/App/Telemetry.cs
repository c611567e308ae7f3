using FuncQueue.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace FuncQueue.Functions;

internal static class Telemetry
{
    /// <summary>The standard setting that names the collector; without it nothing is exported.</summary>
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Exports the engine's metrics and traces over OTLP when a collector is named.</summary>
    public static IServiceCollection AddFuncQueueTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[Endpoint]))
            return services;
        services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter(QueueEngine.MeterName))
            // The engine's spans lie within the request's, and are recorded only if that is: in LocalHost, and in the worker.
            .WithTracing(traces => traces.AddSource(QueueEngine.ActivitySourceName, "Microsoft.AspNetCore", "Microsoft.Azure.Functions.Worker"))
            .UseOtlpExporter();
        return services;
    }
}
