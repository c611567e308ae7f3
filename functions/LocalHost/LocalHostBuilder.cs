using FuncQueue.LocalHost.Azurite;
using FuncQueue.LocalHost.Http;
using FuncQueue.LocalHost.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuncQueue.LocalHost;

/// <summary>
/// Puts a function app together that runs without a Functions host: its functions on Kestrel, its timers on their schedules, and an Azurite
/// where no storage is configured.
/// </summary>
public sealed class LocalHostBuilder : IHostApplicationBuilder
{
    /// <summary>
    /// Where the functions listen unless <c>--urls</c> or <c>ASPNETCORE_URLS</c> says otherwise; the port that <c>func start</c> uses.
    /// </summary>
    private const string DefaultUrl = "http://127.0.0.1:7071";

    /// <summary>The Functions host takes as much, and answers 431 to more.</summary>
    private const int MaxRequestHeadersBytes = 32 * 1024;

    private readonly WebApplicationBuilder web;
    private readonly FunctionCatalog functions;
    private readonly AzuriteServer? azurite;

    /// <summary>
    /// Starts the local storage if none is configured: its connection is a setting that the services are then made from. What the user must
    /// put right ends the process with one line on stderr and exit code 1.
    /// </summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="provider">The list of functions that the Functions SDK generates in the app's assembly.</param>
    public LocalHostBuilder(string[] args, IFunctionMetadataProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var assembly = provider.GetType().Assembly;
        var folder = Path.GetDirectoryName(assembly.Location)!;
        functions = FunctionCatalog.Of(provider, assembly);
        web = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = folder });
        web.Configuration.Sources.Insert(0, LocalSettings.Source(folder));
        // What stops the start is told in one line by LocalApplication, not as a stack trace by the framework.
        web.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        web.Services.TryAddSingleton(TimeProvider.System);
        web.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        azurite = StartStorage();
    }

    /// <summary>Whether functions of the level Function are reached by those alone who show a key.</summary>
    public bool HasHostKey => !string.IsNullOrEmpty(web.Configuration[HttpFunctions.HostKeySetting]);

    public IServiceCollection Services => web.Services;

    public IConfigurationManager Configuration => web.Configuration;

    public IHostEnvironment Environment => web.Environment;

    public ILoggingBuilder Logging => web.Logging;

    public IMetricsBuilder Metrics => web.Metrics;

    IDictionary<object, object> IHostApplicationBuilder.Properties => ((IHostApplicationBuilder)web).Properties;

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory,
        Action<TContainerBuilder>? configure = null
    )
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)web).ConfigureContainer(factory, configure);

    /// <summary>The host that runs the functions.</summary>
    public IHost Build()
    {
        web.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<TimerRunner>(provider, functions.Timers));
        if (string.IsNullOrEmpty(web.Configuration[WebHostDefaults.ServerUrlsKey]))
            web.Configuration[WebHostDefaults.ServerUrlsKey] = DefaultUrl;
        var slow = StartUp.OrExit(() => Task.FromResult(SlowCallers.From(web.Configuration)));
        web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxRequestHeadersBytes;
            slow.Limit(kestrel.Limits);
        });
        var app = web.Build();
        HttpFunctions.Map(app, functions.Http, HostJson.RoutePrefix(web.Environment.ContentRootPath));
        return new LocalApplication(app, azurite);
    }

    private AzuriteServer? StartStorage()
    {
        var connection = web.Configuration.GetSection(AzuriteServer.ConnectionName);
        if (!string.IsNullOrWhiteSpace(connection.Value) || connection.GetChildren().Any())
            return null;
        var started = StartUp.OrExit(() => AzuriteServer.StartConfiguredAsync(Console.Out));
        web.Configuration[AzuriteServer.ConnectionName] = started.ConnectionString;
        return started;
    }
}
