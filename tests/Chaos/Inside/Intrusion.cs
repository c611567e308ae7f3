using System.Diagnostics;
using System.Globalization;
using Azure.Core.Pipeline;
using FuncQueue.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FuncQueue.Chaos.Inside;

/// <summary>
/// Adds to the app's services, as it builds its host: a clock that can be wrong, storage that can fail, and a route by which the run
/// steers both.
/// </summary>
internal sealed class Intrusion : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    /// <summary>How far the process's clock is ahead from its start on, in milliseconds.</summary>
    public const string ClockOffsetVariable = "CHAOS_CLOCK_OFFSET";

    /// <summary>The process that this one ends with.</summary>
    public const string ParentVariable = "CHAOS_PARENT";

    /// <summary>The storage, for faults that need a second hand there.</summary>
    public const string StorageVariable = "FuncQueueStorage";

    public static void Begin()
    {
        DiagnosticListener.AllListeners.Subscribe(new Intrusion());
        if (Environment.GetEnvironmentVariable(ParentVariable) is { } parent)
            new Thread(() => EndWith(int.Parse(parent, CultureInfo.InvariantCulture))) { IsBackground = true }.Start();
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting")
            value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilding", Value: IHostBuilder builder })
            builder.ConfigureServices(Add);
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    private static void Add(IServiceCollection services)
    {
        var offset = Environment.GetEnvironmentVariable(ClockOffsetVariable) ?? "0";
        var clock = new SkewedClock { Offset = TimeSpan.FromMilliseconds(double.Parse(offset, CultureInfo.InvariantCulture)) };
        var faults = new FaultPolicy(Environment.GetEnvironmentVariable(StorageVariable));
        // The last registration of a service is the one that counts.
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<HttpPipelinePolicy>(new ServiceLimits());
        services.AddSingleton<HttpPipelinePolicy>(faults);
        services.AddSingleton<IStartupFilter>(new ControlRoute(clock, faults));
    }

    /// <summary>The run may be killed; its processes must not stay behind.</summary>
    private static void EndWith(int parent)
    {
        try
        {
            using var process = Process.GetProcessById(parent);
            process.WaitForExit();
        }
        catch (ArgumentException)
        {
            // Gone already.
        }

        Environment.Exit(1);
    }
}
