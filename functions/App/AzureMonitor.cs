using Azure.Core;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FuncQueue.Functions;

/// <summary>
/// Application Insights as the Functions host itself is told of it. The host sends its logs and requests there; the worker adds what
/// the engine measures, its spans and its warnings.
/// </summary>
internal sealed record AzureMonitor(string ConnectionString, TokenCredential? Credential)
{
    private const string Connection = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>Null when it is not configured.</summary>
    public static AzureMonitor? Configured(IConfiguration configuration) =>
        configuration[Connection] is { Length: > 0 } connection
            ? new AzureMonitor(connection, CredentialFrom(configuration[Authentication]))
            : null;

    public void Configure(AzureMonitorExporterOptions options)
    {
        options.ConnectionString = ConnectionString;
        options.Credential = Credential;
        // The platform measures the instance; live metrics would keep asking while nobody looks.
        options.EnablePerformanceCounters = false;
        options.EnableLiveMetrics = false;
        // Of traces a few each second are kept; a warning is kept whether its trace is or not.
        options.EnableTraceBasedLogsSampler = false;
    }

    /// <summary>
    /// Reads <c>ClientId=...;Authorization=AAD</c>; without a client id, the identity is the app's own. Null: no sign-in.
    /// </summary>
    private static ManagedIdentityCredential? CredentialFrom(string? authentication)
    {
        if (string.IsNullOrEmpty(authentication))
            return null;
        var parts = authentication
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part.Length > 1 ? part[1] : "", StringComparer.OrdinalIgnoreCase);
        if (!parts.TryGetValue("Authorization", out var authorization) || !authorization.Equals("AAD", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"The setting {Authentication} must have the form ClientId=...;Authorization=AAD.");
        return new ManagedIdentityCredential(
            parts.TryGetValue("ClientId", out var client)
                ? ManagedIdentityId.FromUserAssignedClientId(client)
                : ManagedIdentityId.SystemAssigned
        );
    }
}

internal static class AzureMonitorExtensions
{
    /// <summary>Adds the exporter when Azure Monitor is configured.</summary>
    public static void Export(this AzureMonitor? azureMonitor, MeterProviderBuilder metrics)
    {
        if (azureMonitor is not null)
            metrics.AddAzureMonitorMetricExporter(azureMonitor.Configure);
    }

    /// <summary>Adds the exporter when Azure Monitor is configured.</summary>
    public static void Export(this AzureMonitor? azureMonitor, TracerProviderBuilder traces)
    {
        if (azureMonitor is not null)
            traces.AddAzureMonitorTraceExporter(azureMonitor.Configure);
    }

    /// <summary>Adds the exporter when Azure Monitor is configured.</summary>
    public static void Export(this AzureMonitor? azureMonitor, LoggerProviderBuilder logs)
    {
        if (azureMonitor is not null)
            logs.AddAzureMonitorLogExporter(azureMonitor.Configure);
    }
}
