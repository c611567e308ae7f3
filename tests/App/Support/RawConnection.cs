using System.Net.Sockets;
using System.Text;

namespace FuncQueue.App.Tests.Support;

/// <summary>A connection on which a test says what no HTTP client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TcpClient tcp;
    private readonly NetworkStream stream;

    private RawConnection(TcpClient tcp)
    {
        this.tcp = tcp;
        stream = tcp.GetStream();
        Answer = ReadToEndAsync();
    }

    /// <summary>All that the server said, once it has closed the connection.</summary>
    public Task<string> Answer { get; }

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(address.Host, address.Port);
        return new RawConnection(tcp);
    }

    /// <summary>Sends these bytes (Latin-1); what the server answers until it closes.</summary>
    public static async Task<string> ExchangeAsync(Uri address, string request)
    {
        using var connection = await OpenAsync(address);
        await connection.SendAsync(request);
        return await connection.Answer.WaitAsync(Patience);
    }

    /// <summary>Sends the beginning at once and then a byte now and then, for as long as the server lets it; what that answered.</summary>
    public async Task<string> DribbleAsync(string beginning)
    {
        await SendAsync(beginning);
        var began = TimeProvider.System.GetTimestamp();
        while (!Answer.IsCompleted)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException("The server goes on listening.");
            await Task.WhenAny(Answer, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System));
            await SendAsync("a");
        }

        return await Answer;
    }

    public void Dispose() => tcp.Dispose();

    private async Task SendAsync(string text)
    {
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (IOException)
        {
            // Closed by the server; the answer tells.
        }
    }

    private async Task<string> ReadToEndAsync()
    {
        var all = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var count)
                all.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // Reset by the server.
        }

        return all.ToString();
    }
}
