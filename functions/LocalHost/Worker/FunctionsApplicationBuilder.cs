using System.Reflection;
using FuncQueue.LocalHost;
using FuncQueue.LocalHost.Azurite;
using FuncQueue.LocalHost.Http;
using FuncQueue.LocalHost.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Puts a function app together: services, settings, and in the end a host. Stands in for the class of the isolated worker.</summary>
public sealed class FunctionsApplicationBuilder
{
    /// <summary>Where the functions listen unless <c>--urls</c> or <c>ASPNETCORE_URLS</c> says otherwise; the port that <c>func start</c> uses.</summary>
    private const string DefaultUrl = "http://127.0.0.1:7071";

    private readonly WebApplicationBuilder web;
    private readonly Assembly functions;
    private AzuriteServer? azurite;

    internal FunctionsApplicationBuilder(string[] args, Assembly functions)
    {
        this.functions = functions;
        web = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = Path.GetDirectoryName(functions.Location) });
        web.Configuration.Sources.Insert(0, LocalSettings.Source(web.Environment.ContentRootPath));
        web.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
        // What stops the start is told in one line by LocalFunctionsHost, not as a stack trace by the framework.
        web.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        web.Services.TryAddSingleton(TimeProvider.System);
        web.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    public IServiceCollection Services => web.Services;

    public ConfigurationManager Configuration => web.Configuration;

    public IHostEnvironment Environment => web.Environment;

    public ILoggingBuilder Logging => web.Logging;

    /// <summary>The host that runs the functions.</summary>
    public IHost Build()
    {
        var all = FunctionCatalog.Of(functions);
        web.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<TimerRunner>(provider, all.Timers));
        if (string.IsNullOrEmpty(web.Configuration[WebHostDefaults.ServerUrlsKey]))
            web.Configuration[WebHostDefaults.ServerUrlsKey] = DefaultUrl;
        var slow = StartUp.OrExit(() => Task.FromResult(SlowCallers.From(web.Configuration)));
        web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The functions set their own limit, and answer beyond it with a problem of their own.
            kestrel.Limits.MaxRequestBodySize = null;
            // Attributes travel in headers, percent-encoded: 32 KiB of them may take three times that.
            kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;
            // What is read ahead of the functions, for each connection; 1 MiB otherwise, which many slow uploads fill.
            kestrel.Limits.MaxRequestBufferSize = 256 * 1024;
            slow.Limit(kestrel.Limits);
        });
        var app = web.Build();
        HttpFunctions.Map(app, all.Http, HostJson.RoutePrefix(web.Environment.ContentRootPath));
        return new LocalFunctionsHost(app, azurite);
    }

    internal void UseLocalStorage()
    {
        var connection = web.Configuration.GetSection(AzuriteServer.ConnectionName);
        if (string.IsNullOrWhiteSpace(connection.Value) && !connection.GetChildren().Any())
        {
            azurite = StartUp.OrExit(() => AzuriteServer.StartConfiguredAsync(Console.Out));
            web.Configuration[AzuriteServer.ConnectionName] = azurite.ConnectionString;
        }
    }
}

/// <summary>Web functions on Kestrel. Stands in for the class of the worker's ASP.NET Core extension.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>Serves the HTTP functions; when no storage is configured, on an Azurite of their own.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseLocalStorage();
        return builder;
    }
}
