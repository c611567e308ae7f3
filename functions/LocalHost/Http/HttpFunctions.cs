using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuncQueue.LocalHost.Http;

/// <summary>HTTP functions as endpoints, with the status codes of the Functions host.</summary>
internal static partial class HttpFunctions
{
    /// <summary>The setting that holds the key which functions of level Function then require.</summary>
    public const string HostKeySetting = "LocalHost:HostKey";

    public static void Map(WebApplication app, IReadOnlyList<FunctionMethod<HttpTriggerAttribute>> functions, string prefix)
    {
        var key = new FunctionKey(app.Configuration[HostKeySetting]);
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("FuncQueue.LocalHost");
        // A method that no function declares is answered as an unknown route is.
        app.Use(async (context, next) =>
        {
            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false })
            {
                context.Response.Headers.Remove("Allow");
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        });
        app.UseRouting();
        foreach (var function in functions)
        {
            var invoke = FunctionInvoker.Compile(function.Method);
            var open = function.Trigger.AuthLevel == AuthorizationLevel.Anonymous;
            var route = string.Join('/', new[] { prefix, function.Trigger.Route ?? function.Name }.Where(part => part.Length > 0));
            app.MapMethods("/" + route, function.Trigger.Methods, (RequestDelegate)Run);

            async Task Run(HttpContext context)
            {
                if (!open && !key.Allows(context.Request))
                {
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                    return;
                }

                try
                {
                    if (await invoke(context) is IResult result)
                        await result.ExecuteAsync(context);
                }
                catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
                {
                    Failed(log, exception, function.Name);
                    if (!context.Response.HasStarted)
                        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                    else
                        context.Abort();
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException)
                {
                    // The caller has gone; nobody is left to answer.
                }
            }
        }
    }

    [LoggerMessage(901, LogLevel.Error, "Function {Function} failed.")]
    private static partial void Failed(ILogger log, Exception exception, string function);
}
