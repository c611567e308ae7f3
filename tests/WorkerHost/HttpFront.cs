using System.Diagnostics;
using System.Globalization;
using FuncQueue.WorkerHost.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace FuncQueue.WorkerHost;

/// <summary>
/// The host's own HTTP server, with its limits, keys and routes. Kestrel's limits for request headers (32 KiB) and targets (8 KiB) are the
/// host's, too.
/// </summary>
internal sealed class HttpFront : IAsyncDisposable
{
    /// <summary>The setting for the largest body, and what holds without it.</summary>
    private const string BodyLimitSetting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";

    private const long DefaultBodyLimit = 104_857_600;

    private readonly WebApplication app;
    private readonly HttpForwarding forwarding;
    private readonly HostKeys keys;
    private readonly Func<WorkerLink> worker;
    private readonly bool homepage;
    private readonly HttpRoutes routes;

    public HttpFront(HostOptions options, IReadOnlyList<IndexedFunction> functions, string prefix, Func<WorkerLink> worker)
    {
        this.worker = worker;
        keys = new HostKeys(options.FunctionKey, options.MasterKey);
        homepage = !string.Equals(
            options.Settings.GetValueOrDefault("AzureWebJobsDisableHomepage"),
            bool.TrueString,
            StringComparison.OrdinalIgnoreCase
        );
        var limit = options.Settings.GetValueOrDefault(BodyLimitSetting) is { } set
            ? long.Parse(set, CultureInfo.InvariantCulture)
            : DefaultBodyLimit;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0);
                kestrel.Limits.MaxRequestBodySize = limit;
            });
        builder.Services.AddRouting().AddHttpForwarder();
        app = builder.Build();
        forwarding = new HttpForwarding(app.Services.GetRequiredService<IHttpForwarder>());
        routes = new HttpRoutes(functions, prefix, app.Services.GetRequiredService<IInlineConstraintResolver>(), InvokeAsync);
        app.Run(ServeAsync);
    }

    public string Address => app.Urls.First();

    public Task StartAsync() => app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        forwarding.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        try
        {
            // The platform's front end is no tunnel.
            if (HttpMethods.IsConnect(context.Request.Method))
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            else if (await routes.InvokeAsync(context))
                return;
            else if (context.Request.Path == "/")
                await HomeAsync(context);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = exception.StatusCode;
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or IOException or OperationCanceledException or TimeoutException)
        {
            // What went wrong behind the host is an empty 500, or a broken answer.
            if (context.Response.HasStarted)
                context.Abort();
            else
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private Task HomeAsync(HttpContext context)
    {
        context.Response.StatusCode = homepage ? StatusCodes.Status200OK : StatusCodes.Status204NoContent;
        context.Response.ContentType = homepage ? "text/html" : null;
        return homepage ? context.Response.WriteAsync("<h1>Your Functions app is up and running</h1>") : Task.CompletedTask;
    }

    private async Task InvokeAsync(HttpContext context, IndexedFunction function)
    {
        var trigger = (Trigger.Http)function.Trigger;
        if (!keys.Allow(context.Request, trigger.AuthLevel))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var trace = StartTrace(context.Request);
        var (channel, address) = worker();
        var request = new InvocationRequest
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = function.Id,
            InputData =
            {
                new ParameterBinding
                {
                    Name = trigger.ParameterName,
                    Data = new TypedData { Http = new RpcHttp() },
                },
            },
            TraceContext = new RpcTraceContext { TraceParent = trace.Id ?? "" },
        };
        request.TriggerMetadata.Add(await TriggerMetadata.OfAsync(context.Request));
        var invocation = channel.Await(request.InvocationId);
        // The request is on its way before the invocation is.
        var forwarded = forwarding.ForwardAsync(context, address, request.InvocationId, invocation);
        channel.Send(new StreamingMessage { InvocationRequest = request });
        await using var cancel = context.RequestAborted.Register(() => channel.Cancel(request.InvocationId));
        await FinishAsync(context, forwarded, invocation);
    }

    /// <summary>The host's own part in the caller's trace, or in a new one; its client tells the worker of it.</summary>
    private static Activity StartTrace(HttpRequest request)
    {
        var trace = new Activity("Functions host");
        if (request.Headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, request.Headers.TraceState, out _))
            trace.SetParentId(parent);
        return trace.Start();
    }

    /// <summary>The answer is the worker's, unless the invocation or its way failed.</summary>
    private static async Task FinishAsync(HttpContext context, Task<ForwarderError> forwarded, Task<InvocationResponse> invocation)
    {
        var error = await forwarded;
        // The caller's own fault, such as a body over the limit, has been answered as such.
        if (error == ForwarderError.RequestBodyClient && context.Response.StatusCode < StatusCodes.Status500InternalServerError)
            return;
        var response = await invocation;
        if (error != ForwarderError.None)
            throw new InvalidOperationException($"The request could not be forwarded: {error}.");
        if (response.Result.Status != StatusResult.Types.Status.Success)
            throw new InvalidOperationException($"The invocation ended with {response.Result.Status}.");
    }
}

/// <summary>A worker that takes invocations: the channel to it, and its server's address.</summary>
internal readonly record struct WorkerLink(WorkerChannel Channel, Uri Address);
