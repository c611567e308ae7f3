using FuncQueue.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Http;

/// <summary>What every HTTP function shares. The real worker has no pipeline to hang it in, so each function calls it.</summary>
public sealed class Api(ILogger<Api> log, RequestMemory memory)
{
    /// <summary>Runs a function's work; whatever goes wrong becomes an answer, since the real worker makes an empty 200 of an exception.</summary>
    internal async Task<IResult> RunAsync(HttpRequest request, Func<Faults, Task<IResult>> work)
    {
        memory.Open(request);
        try
        {
            return await work(new Faults());
        }
        catch (OutOfRoomException exception)
        {
            return Problems.From(exception.Failure);
        }
        catch (BodyTooLongException)
        {
            return Problems.From(new Failure.MessageTooLarge());
        }
        catch (Exception exception) when (!request.HttpContext.RequestAborted.IsCancellationRequested && BrokenBody.Caused(exception))
        {
            return Problems.From(exception is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }
                ? new Failure.MessageTooLarge()
                : new Failure.Invalid([new Fault("body", "The request's body does not follow HTTP, or came too slowly.")]));
        }
        catch (Exception exception) when (request.HttpContext.RequestAborted.IsCancellationRequested && IsDeparture(exception))
        {
            // The caller has gone; 499 is only ever seen in logs.
            return new EmptyResponse(499);
        }
        catch (Exception exception)
        {
            ApiLog.Unexpected(log, exception, request.Method, request.Path);
            return Problems.Unexpected();
        }
    }

    /// <summary>
    /// As above, for a route of one queue. A bad name is a fault among the others: the work goes on to find them, and must not act
    /// while there are any.
    /// </summary>
    internal Task<IResult> RunAsync(HttpRequest request, string queue, Func<QueueName, Faults, Task<IResult>> work) => RunAsync(request, faults =>
    {
        if (!QueueName.TryParse(queue, out var name))
        {
            faults.Add("queue", "A queue's name is 1 to 80 of A-Z a-z 0-9 - _, optionally ending in .fifo.");
            name = NoQueue;
        }

        return work(name, faults);
    });

    /// <summary>What a caller's departure looks like; after several attempts at storage, all of them in one exception.</summary>
    private static bool IsDeparture(Exception exception) =>
        exception is OperationCanceledException or IOException || (exception is AggregateException { InnerExceptions: [.., var last] } && IsDeparture(last));

    private static QueueName NoQueue => QueueName.TryParse("invalid", out var name) ? name : throw new InvalidOperationException();
}

internal static partial class ApiLog
{
    [LoggerMessage(401, LogLevel.Error, "{Method} {Path} met an unexpected fault.")]
    public static partial void Unexpected(ILogger log, Exception exception, string method, string path);
}

internal static class HttpServices
{
    /// <summary>What the HTTP functions need beside the engine.</summary>
    public static IServiceCollection AddFuncQueueHttp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(RequestMemory.From(configuration));
        services.AddSingleton<Api>();
        services.AddHostedService<StopWaiting>();
        // These two quote targets and headers as they came, in which function keys, signatures and bodies may stand, however much is logged otherwise.
        services.AddLogging(logging => logging
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Information));
        return services;
    }

    /// <summary>Lets long polls go when the process is to stop, so that it stops at once.</summary>
    private sealed class StopWaiting(QueueEngine engine, IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStopping.Register(engine.StopWaiting);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
