using System.Collections.Concurrent;
using FuncQueue.WorkerHost.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.WorkerHost;

/// <summary>Where workers call the host, on a free loopback port; each stream goes to the channel of the worker that it names.</summary>
internal sealed class RpcServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, WorkerChannel> channels = new();

    private RpcServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore().AddGrpc(grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (null, null));
        builder.Services.AddSingleton(this);
        app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<Service>();
    }

    public Uri Address => new(app.Urls.First());

    public static async Task<RpcServer> StartAsync()
    {
        var server = new RpcServer();
        await server.app.StartAsync();
        return server;
    }

    public void Expect(WorkerChannel channel) => channels[channel.WorkerId] = channel;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private sealed class Service(RpcServer server) : FunctionRpc.FunctionRpcBase
    {
        public override async Task EventStream(
            IAsyncStreamReader<StreamingMessage> requestStream,
            IServerStreamWriter<StreamingMessage> responseStream,
            ServerCallContext context
        )
        {
            if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.StartStream is not { } start)
                throw new Grpc.Core.RpcException(new Status(StatusCode.InvalidArgument, "A worker's first message is StartStream."));
            if (!server.channels.TryGetValue(start.WorkerId, out var channel))
                throw new Grpc.Core.RpcException(new Status(StatusCode.NotFound, $"No worker {start.WorkerId} was started."));
            await channel.RunAsync(requestStream, responseStream, context.CancellationToken);
        }
    }
}
