using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FuncQueue.LocalHost.Http;

/// <summary>
/// HTTP functions as endpoints, with the status codes of the Functions host and in its order: of several functions that take a request, the
/// first by name answers.
/// </summary>
internal static partial class HttpFunctions
{
    /// <summary>The setting that holds the key which functions of level Function then require.</summary>
    public const string HostKeySetting = "LocalHost:HostKey";

    /// <summary>What no route may begin with: the host refuses such a function.</summary>
    private static readonly string[] Refused = ["admin", "runtime"];

    public static void Map(WebApplication app, IReadOnlyList<FunctionMethod<HttpTriggerAttribute>> functions, string prefix)
    {
        var key = new FunctionKey(app.Configuration[HostKeySetting]);
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("FuncQueue.LocalHost");
        app.UseRouting();
        for (var i = 0; i < functions.Count; i++)
        {
            var function = functions[i];
            var invoke = FunctionInvoker.Compile(function.Method);
            var open = function.Trigger.AuthLevel == AuthorizationLevel.Anonymous;
            var route =
                "/"
                + string.Join(
                    '/',
                    new[] { prefix, function.Trigger.Route ?? function.Name }.Select(part => part.Trim('/')).Where(part => part.Length > 0)
                );
            if (Refused.Any(word => route.StartsWith("/" + word, StringComparison.OrdinalIgnoreCase)))
                throw new InvalidOperationException(
                    $"The function {function.Name} has the route {route}; the Functions host keeps routes for itself that begin so."
                );
            // Without methods a function takes them all.
            var endpoint = function.Trigger.Methods is { Length: > 0 } methods
                ? app.MapMethods(route, methods, (RequestDelegate)Run)
                : app.Map(route, (RequestDelegate)Run);
            endpoint.WithOrder(i);

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
