using System.Net;
using System.Net.Sockets;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>Passes bytes on to a server and counts the HTTP requests among them.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private static readonly byte[] EndOfRequestLine = " HTTP/1.1\r\n"u8.ToArray();

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Uri server;
    private readonly Task accepting;
    private long requests;

    public CountingProxy(Uri server)
    {
        this.server = server;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Authority => listener.LocalEndpoint.ToString()!;

    public long Requests => Interlocked.Read(ref requests);

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await listener.AcceptTcpClientAsync());
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            using var upstream = new TcpClient();
            try
            {
                await upstream.ConnectAsync(server.Host, server.Port);
                await Task.WhenAny(
                    RequestsAsync(client.GetStream(), upstream.GetStream()),
                    upstream.GetStream().CopyToAsync(client.GetStream())
                );
            }
            catch (IOException)
            {
                // Either side has gone.
            }
        }
    }

    private async Task RequestsAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            // A request line comes in one piece, at the head of what the client sends; the lines inside a transaction are its parts.
            if (buffer.AsSpan(0, read).IndexOf(EndOfRequestLine) is >= 0 and < 4096)
                Interlocked.Increment(ref requests);
            await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
