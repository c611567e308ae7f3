using FuncQueue.Functions.Http;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Sqs;

/// <summary>
/// The Amazon SQS protocol, on the same queues as the HTTP API: at the app's root, as the service itself has it, and below <c>/sqs</c>. The
/// functions are anonymous: AWS clients know no function key, the signature is the lock.
/// </summary>
public sealed class SqsFunctions(IServiceProvider services)
{
    /// <summary>12 digits, or nearly so: no path of another function can be taken for a queue's.</summary>
    private const string Account = "{account:length(12):long:min(0)}";

    // Injected by hand: the type is internal, and a function class must be public.
    private readonly SqsEndpoint endpoint = services.GetRequiredService<SqsEndpoint>();

    /// <summary>The endpoint that clients are configured with.</summary>
    [Function("SqsRoot")]
    public Task<IResult> RootAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = SqsAddress.Root)] HttpRequest request,
        CancellationToken cancellationToken
    ) => endpoint.RunAsync(request, null, cancellationToken);

    /// <summary>The same for requests that have everything in their query, as presigned ones do; others are told what runs here.</summary>
    [Function("SqsRootPresigned")]
    public Task<IResult> RootPresignedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = SqsAddress.Root)] HttpRequest request,
        CancellationToken cancellationToken
    ) => AwsForm.IsIn(request) ? endpoint.RunAsync(request, null, cancellationToken) : Task.FromResult(WhatRunsHere.Answer());

    /// <summary>The URL of a queue, which older clients send their requests to.</summary>
    [Function("SqsRootQueue")]
    public Task<IResult> RootQueueAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Account + "/{queue}")] HttpRequest request,
        string account,
        string queue,
        CancellationToken cancellationToken
    ) => endpoint.RunAsync(request, $"{account}/{queue}", cancellationToken);

    /// <summary>The same for requests that have everything in their query.</summary>
    [Function("SqsRootQueuePresigned")]
    public Task<IResult> RootQueuePresignedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Account + "/{queue}")] HttpRequest request,
        string account,
        string queue,
        CancellationToken cancellationToken
    ) => endpoint.RunAsync(request, $"{account}/{queue}", cancellationToken);

    /// <summary>The endpoint of old.</summary>
    [Function("Sqs")]
    public Task<IResult> EndpointAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = SqsAddress.Path)] HttpRequest request,
        CancellationToken cancellationToken
    ) => endpoint.RunAsync(request, null, cancellationToken);

    /// <summary>The same for requests that have everything in their query.</summary>
    [Function("SqsPresigned")]
    public Task<IResult> PresignedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = SqsAddress.Path)] HttpRequest request,
        CancellationToken cancellationToken
    ) => endpoint.RunAsync(request, null, cancellationToken);

    /// <summary>A queue's URL of old.</summary>
    [Function("SqsQueue")]
    public Task<IResult> QueueAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = SqsAddress.Path + "/{account}/{queue}")] HttpRequest request,
        string account,
        string queue,
        CancellationToken cancellationToken
    ) => endpoint.RunAsync(request, $"{account}/{queue}", cancellationToken);

    /// <summary>The same for requests that have everything in their query.</summary>
    [Function("SqsQueuePresigned")]
    public Task<IResult> QueuePresignedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = SqsAddress.Path + "/{account}/{queue}")] HttpRequest request,
        string account,
        string queue,
        CancellationToken cancellationToken
    ) => endpoint.RunAsync(request, $"{account}/{queue}", cancellationToken);
}
