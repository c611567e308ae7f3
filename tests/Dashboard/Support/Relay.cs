using System.Net.Sockets;

namespace FuncQueue.Dashboard.Tests.Support;

/// <summary>Stands before an app at an address of its own, so that the app can be lost there and found again.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly Uri target;
    private readonly List<TcpClient> open = [];
    private TcpListener listener = new(IPAddress.Loopback, 0);
    private Task accepting;

    public Relay(string address)
    {
        target = new Uri(address);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync(listener);
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>Cuts every connection, and takes no other.</summary>
    public async Task StopAsync()
    {
        listener.Stop();
        await accepting;
        lock (open)
        {
            foreach (var client in open)
                client.Close();
            open.Clear();
        }
    }

    public void Start()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        accepting = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        listener.Dispose();
    }

    private async Task AcceptAsync(TcpListener from)
    {
        while (true)
        {
            TcpClient caller;
            try
            {
                caller = await from.AcceptTcpClientAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = ServeAsync(caller);
        }
    }

    private async Task ServeAsync(TcpClient caller)
    {
        using var server = new TcpClient();
        lock (open)
            open.AddRange([caller, server]);
        try
        {
            await server.ConnectAsync(target.Host, target.Port);
            var (near, far) = (caller.GetStream(), server.GetStream());
            await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut.
        }
        finally
        {
            caller.Dispose();
        }
    }
}
