using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Access;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FuncQueue.Functions.Http;

/// <summary>What every HTTP function shares. The real worker has no pipeline to hang it in, so each function calls it.</summary>
public sealed class Api(ILogger<Api> log, RequestMemory memory, IServiceProvider services)
{
    private const string QueueRule = "A queue's name is 1 to 80 of A-Z a-z 0-9 - _ and single dots inside, optionally ending in .fifo.";

    private const string TopicRule = "A topic's name is 1 to 80 of A-Z a-z 0-9 - _ and single dots inside, optionally ending in .fifo.";

    // Injected by hand: the type is internal, and this one is public.
    private readonly Authorizer authorizer = services.GetRequiredService<Authorizer>();

    /// <summary>
    /// Runs a function's work; whatever goes wrong becomes an answer, since the real worker makes an empty 200 of an exception.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="need">What the function asks of its caller.</param>
    /// <param name="work">What the function does; it adds to the faults what is wrong with the request.</param>
    /// <param name="cancellationToken">
    /// The invocation's: a Functions host cancels it when the caller leaves, when it stops, and when the time of a function is over.
    /// </param>
    internal async Task<IResult> RunAsync(
        HttpRequest request,
        Need need,
        Func<Faults, Task<IResult>> work,
        CancellationToken cancellationToken
    )
    {
        memory.Open(request);
        // Refusals, too, find that nobody is there any more.
        return new DepartureTolerant(await AnswerAsync(request, need, work, cancellationToken));
    }

    /// <summary>
    /// The refusal of a caller who needs a further right than the function's own, as on the target of a move; null: there is none.
    /// </summary>
    internal IResult? Refuse(HttpRequest request, Rights anyOf, Resource resource) => authorizer.Refuse(request, anyOf, resource);

    private async Task<IResult> AnswerAsync(
        HttpRequest request,
        Need need,
        Func<Faults, Task<IResult>> work,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await authorizer.RefuseAsync(request, need, cancellationToken) ?? await work(new Faults());
        }
        catch (OutOfRoomException exception)
        {
            return Problems.From(exception.Failure);
        }
        catch (UnsupportedCodingException exception)
        {
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "unsupported-encoding",
                "Unsupported encoding",
                exception.Message
            );
        }
        catch (BodyTooLongException)
        {
            return Problems.From(new Failure.MessageTooLarge());
        }
        catch (Exception exception) when (!Departure.IsCalledFor(request, cancellationToken) && BrokenBody.Caused(exception))
        {
            return Problems.From(
                exception is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }
                    ? new Failure.MessageTooLarge()
                    : new Failure.Invalid([new Fault("body", "The request's body does not follow HTTP, or came too slowly.")])
            );
        }
        catch (Exception exception) when (Departure.IsCalledFor(request, cancellationToken) && Departure.Caused(exception))
        {
            return Departure.Answer(request);
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
    /// <param name="anyOf">The right that the caller needs on the queue; of several, one of them.</param>
    internal Task<IResult> RunAsync(
        HttpRequest request,
        Rights anyOf,
        string queue,
        Func<QueueName, Faults, Task<IResult>> work,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            request,
            Need.On(Resource.Queue(queue), anyOf),
            faults => work(RouteNames.Read(queue, ReadQueue, "queue", QueueRule, faults), faults),
            cancellationToken
        );

    /// <summary>As above, for a route of one topic.</summary>
    internal Task<IResult> RunOnTopicAsync(
        HttpRequest request,
        Rights anyOf,
        string topic,
        Func<TopicName, Faults, Task<IResult>> work,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            request,
            Need.On(Resource.Topic(topic), anyOf),
            faults => work(RouteNames.Read(topic, ReadTopic, "topic", TopicRule, faults), faults),
            cancellationToken
        );

    private static QueueName? ReadQueue(string text) => QueueName.TryParse(text, out var name) ? name : null;

    private static TopicName? ReadTopic(string text) => TopicName.TryParse(text, out var name) ? name : null;
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
        services.AddSingleton(MeasuredBodies.From(configuration));
        services.AddSingleton(PublicUrl.From(configuration));
        services.AddSingleton<Api>();
        services.AddSingleton<KeyCalls>();
        services.AddHostedService<StopWaiting>();
        // These two quote targets and headers as they came, in which keys, signatures and bodies may stand, however much is logged
        // otherwise.
        services.AddLogging(logging =>
            logging
                .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
                .AddFilter("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Information)
        );
        return services;
    }

    /// <summary>Lets long polls go when the process is to stop, so that it stops at once.</summary>
    private sealed class StopWaiting(QueueEngine engine, TopicEngine topics, IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStopping.Register(engine.StopWaiting);
            lifetime.ApplicationStopping.Register(topics.StopWaiting);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
