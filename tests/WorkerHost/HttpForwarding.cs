using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace FuncQueue.WorkerHost;

/// <summary>
/// Hands requests on to the worker's own server as the host does, with the forwarder that it uses: X-Forwarded headers are written anew,
/// repeated headers joined, bodies streamed both ways.
/// </summary>
internal sealed class HttpForwarding(IHttpForwarder forwarder) : IDisposable
{
    /// <summary>How a worker knows which invocation a request belongs to.</summary>
    public const string InvocationHeader = "x-ms-invocation-id";

    private static readonly HttpRequestOptionsKey<Task> InvocationKey = new("invocation");

    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromSeconds(240) };

    private readonly HttpMessageInvoker client = new(
        new RetryHandler(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
            }
        )
    );

    /// <summary>Forwards a request; it is not tried again once its <paramref name="invocation"/> has failed.</summary>
    public async Task<ForwarderError> ForwardAsync(HttpContext context, Uri worker, string invocationId, Task invocation)
    {
        context.Request.Headers.TryAdd(InvocationHeader, invocationId);
        return await forwarder.SendAsync(context, worker.ToString(), client, Config, new Transformer(invocation));
    }

    public void Dispose() => client.Dispose();

    private sealed class Transformer(Task invocation) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext,
            HttpRequestMessage proxyRequest,
            string destinationPrefix,
            CancellationToken cancellationToken
        )
        {
            await Default.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Options.Set(InvocationKey, invocation);
        }
    }

    /// <summary>A worker whose server does not listen yet is asked again, ten times at most.</summary>
    private sealed class RetryHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const int Attempts = 10;

        private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(250);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var delay = TimeSpan.FromMilliseconds(50);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    if (request.Options.TryGetValue(InvocationKey, out var invocation) && invocation.IsFaulted)
                        await invocation;
                    return await base.SendAsync(request, cancellationToken);
                }
                catch (HttpRequestException) when (attempt < Attempts)
                {
                    await Task.Delay(delay, TimeProvider.System, cancellationToken);
                    delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
                }
            }
        }
    }
}
