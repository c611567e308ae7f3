using FuncQueue.Functions.Access;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Functions.Http;

/// <summary>
/// Making, changing, replacing and revoking keys: under <c>/keys</c> for those who have the right to, and under <c>/host/keys</c> for those
/// who have shown the Functions host its own key, which is how the first one is made.
/// </summary>
public sealed class KeyFunctions(IServiceProvider services)
{
    // Injected by hand: the type is internal, and a function class must be public.
    private readonly KeyCalls calls = services.GetRequiredService<KeyCalls>();

    [Function("PutKey")]
    public Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "keys/{key}")] HttpRequest request,
        string key,
        CancellationToken cancellationToken
    ) => calls.PutAsync(request, Need.Keys, key, cancellationToken);

    [Function("HostPutKey")]
    public Task<IResult> HostPutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "host/keys/{key}")] HttpRequest request,
        string key,
        CancellationToken cancellationToken
    ) => calls.PutAsync(request, Need.HostKey, key, cancellationToken);

    [Function("GetKey")]
    public Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "keys/{key}")] HttpRequest request,
        string key,
        CancellationToken cancellationToken
    ) => calls.GetAsync(request, Need.Keys, key, cancellationToken);

    [Function("HostGetKey")]
    public Task<IResult> HostGetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "host/keys/{key}")] HttpRequest request,
        string key,
        CancellationToken cancellationToken
    ) => calls.GetAsync(request, Need.HostKey, key, cancellationToken);

    [Function("ListKeys")]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "keys")] HttpRequest request,
        CancellationToken cancellationToken
    ) => calls.ListAsync(request, Need.Keys, cancellationToken);

    [Function("HostListKeys")]
    public Task<IResult> HostListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "host/keys")] HttpRequest request,
        CancellationToken cancellationToken
    ) => calls.ListAsync(request, Need.HostKey, cancellationToken);

    [Function("RotateKey")]
    public Task<IResult> RotateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "keys/{key}/rotate")] HttpRequest request,
        string key,
        CancellationToken cancellationToken
    ) => calls.RotateAsync(request, Need.Keys, key, cancellationToken);

    [Function("HostRotateKey")]
    public Task<IResult> HostRotateAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "host/keys/{key}/rotate")] HttpRequest request,
        string key,
        CancellationToken cancellationToken
    ) => calls.RotateAsync(request, Need.HostKey, key, cancellationToken);

    [Function("DeleteKey")]
    public Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "keys/{key}")] HttpRequest request,
        string key,
        CancellationToken cancellationToken
    ) => calls.DeleteAsync(request, Need.Keys, key, cancellationToken);

    [Function("HostDeleteKey")]
    public Task<IResult> HostDeleteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "host/keys/{key}")] HttpRequest request,
        string key,
        CancellationToken cancellationToken
    ) => calls.DeleteAsync(request, Need.HostKey, key, cancellationToken);
}
