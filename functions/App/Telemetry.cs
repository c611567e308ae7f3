using FuncQueue.Engine;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Timers;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace FuncQueue.Functions;

internal static class Telemetry
{
    /// <summary>The standard setting that names the collector.</summary>
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Where the worker finds the Functions host that has started it; nobody sets it under LocalHost.</summary>
    private const string HostEndpoint = "Functions:Worker:HostEndpoint";

    /// <summary>
    /// Exports the engine's metrics and traces: over OTLP when a collector is named, to Azure Monitor when that is; else nowhere. A worker
    /// exports its warnings and the audit too, which the host then leaves to it, and no request, since the host reports each.
    /// </summary>
    public static IServiceCollection AddFuncQueueTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<TimerMetrics>();
        var collector = !string.IsNullOrEmpty(configuration[Endpoint]);
        var azureMonitor = AzureMonitor.Configured(configuration);
        if (!collector && azureMonitor is null)
            return services;
        var telemetry = services
            .AddOpenTelemetry()
            .WithMetrics(metrics => azureMonitor.Export(metrics.AddMeter(QueueEngine.MeterName)))
            .WithTracing(traces => azureMonitor.Export(traces.AddSource(QueueEngine.ActivitySourceName)));
        telemetry = string.IsNullOrEmpty(configuration[HostEndpoint]) ? AsServer(telemetry) : AsWorker(telemetry, azureMonitor);
        if (collector)
            telemetry.UseOtlpExporter();
        return services;
    }

    /// <summary>The engine's spans lie within the request's, which this process alone knows.</summary>
    private static OpenTelemetryBuilder AsServer(OpenTelemetryBuilder telemetry) =>
        telemetry
            // The detector comes last, so that OTEL_SERVICE_NAME wins.
            .ConfigureResource(resource => resource.AddService("FuncQueue").AddEnvironmentVariableDetector())
            .WithTracing(traces => traces.AddSource("Microsoft.AspNetCore"));

    /// <summary>
    /// The engine's spans lie within the invocation's, that within the host's request. The worker's own web server would report each
    /// request a second time.
    /// </summary>
    private static OpenTelemetryBuilder AsWorker(OpenTelemetryBuilder telemetry, AzureMonitor? azureMonitor)
    {
        telemetry.UseFunctionsWorkerDefaults();
        telemetry.Services.AddLogging(logging =>
            logging
                .AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Warning)
                .AddFilter<OpenTelemetryLoggerProvider>(Audit.Category, LogLevel.Information)
        );
        return telemetry.WithLogging(azureMonitor.Export, options => options.IncludeFormattedMessage = true);
    }
}
