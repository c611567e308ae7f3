using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Sqs;

/// <summary>
/// The Amazon SQS protocol, on the same queues as the HTTP API. The functions are anonymous: AWS clients know no function key, the
/// signature is the lock.
/// </summary>
public sealed class SqsFunctions(IServiceProvider services)
{
    // Injected by hand: the type is internal, and a function class must be public.
    private readonly SqsEndpoint endpoint = services.GetRequiredService<SqsEndpoint>();

    /// <summary>The endpoint that clients are configured with.</summary>
    [Function("Sqs")]
    public Task<IResult> EndpointAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = SqsAddress.Path)] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.RunAsync(request, null, cancellationToken);

    /// <summary>The same for requests that have everything in their query, as presigned ones do.</summary>
    [Function("SqsPresigned")]
    public Task<IResult> PresignedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = SqsAddress.Path)] HttpRequest request, CancellationToken cancellationToken) =>
        endpoint.RunAsync(request, null, cancellationToken);

    /// <summary>The URL of a queue, which older clients send their requests to.</summary>
    [Function("SqsQueue")]
    public Task<IResult> QueueAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = SqsAddress.Path + "/{account}/{queue}")] HttpRequest request,
        string account,
        string queue,
        CancellationToken cancellationToken) =>
        endpoint.RunAsync(request, $"{account}/{queue}", cancellationToken);

    /// <summary>The same for requests that have everything in their query.</summary>
    [Function("SqsQueuePresigned")]
    public Task<IResult> QueuePresignedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = SqsAddress.Path + "/{account}/{queue}")] HttpRequest request,
        string account,
        string queue,
        CancellationToken cancellationToken) =>
        endpoint.RunAsync(request, $"{account}/{queue}", cancellationToken);
}
