using System.Diagnostics;
using FuncQueue.Functions;
using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace FuncQueue.App.Tests;

/// <summary>
/// One call is one request in telemetry, whoever runs the functions: of the host and its worker one must leave it to the other.
/// </summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_worker_leaves_the_request_to_its_host_reports_the_invocation_within_it_and_sends_its_own_warnings()
    {
        await using var services = Services(("Functions:Worker:HostEndpoint", "http://127.0.0.1:1"));
        // The host reads these: it leaves the worker's logs to it, and the invocation is no request of its own.
        var capabilities = services.GetRequiredService<IOptions<WorkerOptions>>().Value.Capabilities;
        capabilities["WorkerOpenTelemetryEnabled"].ShouldBe("True");
        capabilities["WorkerOpenTelemetrySchemaVersion"].ShouldBe("1.37.0");
        Traced(services, "Microsoft.AspNetCore").ShouldBeFalse();
        Traced(services, "Microsoft.Azure.Functions.Worker").ShouldBeTrue();
        Traced(services, "FuncQueue").ShouldBeTrue();
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("FuncQueue.Anything");
        log.IsEnabled(LogLevel.Warning).ShouldBeTrue();
        log.IsEnabled(LogLevel.Information).ShouldBeFalse();
        services.GetRequiredService<ILoggerFactory>().CreateLogger(Audit.Category).IsEnabled(LogLevel.Information).ShouldBeTrue();
    }

    [Fact]
    public async Task LocalHost_reports_the_request_since_nobody_else_does()
    {
        await using var services = Services();
        services.GetRequiredService<IOptions<WorkerOptions>>().Value.Capabilities.ShouldNotContainKey("WorkerOpenTelemetryEnabled");
        Traced(services, "Microsoft.AspNetCore").ShouldBeTrue();
        Traced(services, "FuncQueue").ShouldBeTrue();
    }

    /// <summary>As the app puts it together, with a collector that nobody asks whether it is there.</summary>
    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var all = settings.Append(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")).ToDictionary(s => s.Item1, s => (string?)s.Item2);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddMetrics();
        services.AddFuncQueueTelemetry(configuration);
        return services.BuildServiceProvider();
    }

    /// <summary>Whether spans of a source are recorded by this provider: another one in this process cannot say so.</summary>
    private static bool Traced(ServiceProvider services, string source)
    {
        var provider = services.GetRequiredService<TracerProvider>();
        var ended = new List<Activity>();
        using var collector = new Collector(ended);
        provider.AddProcessor(collector);
        using var spans = new ActivitySource(source);
        var span = spans.StartActivity("span");
        span?.Dispose();
        return span is not null && ended.Contains(span);
    }

    private sealed class Collector(List<Activity> ended) : OpenTelemetry.BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => ended.Add(data);
    }
}
