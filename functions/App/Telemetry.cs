using FuncQueue.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FuncQueue.Functions;

internal static class Telemetry
{
    /// <summary>The standard setting that names the collector.</summary>
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Exports the engine's metrics and traces: over OTLP when a collector is named, to Azure Monitor when that is; else nowhere.</summary>
    public static IServiceCollection AddFuncQueueTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var collector = !string.IsNullOrEmpty(configuration[Endpoint]);
        var azureMonitor = AzureMonitor.Configured(configuration);
        if (!collector && azureMonitor is null)
            return services;
        var telemetry = services.AddOpenTelemetry()
            // The detector comes last, so that OTEL_SERVICE_NAME wins.
            .ConfigureResource(resource => resource.AddService("FuncQueue").AddEnvironmentVariableDetector())
            .WithMetrics(metrics => azureMonitor.Export(metrics.AddMeter(QueueEngine.MeterName)))
            // The engine's spans lie within the request's, and are recorded only if that is: in LocalHost, and in the worker.
            .WithTracing(traces => azureMonitor.Export(traces.AddSource(QueueEngine.ActivitySourceName, "Microsoft.AspNetCore", "Microsoft.Azure.Functions.Worker")));
        if (collector)
            telemetry.UseOtlpExporter();
        return services;
    }
}
