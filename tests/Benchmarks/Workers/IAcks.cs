using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FuncQueue.Benchmarks.Contenders;

namespace FuncQueue.Benchmarks.Workers;

/// <summary>Where acks go.</summary>
internal interface IAcks
{
    Task AckAsync(Taken message);
}

/// <summary>Through the process that received the message.</summary>
internal sealed class DirectAcks(IContender contender, string queue) : IAcks
{
    public Task AckAsync(Taken message) => contender.AckAsync(queue, message);
}

/// <summary>Through a worker drawn by chance, as behind a load balancer; connections are kept.</summary>
internal sealed class ScatteredAcks(IReadOnlyList<int> ports) : IAcks
{
    private readonly ConcurrentBag<Connection>[] idle = [.. ports.Select(_ => new ConcurrentBag<Connection>())];

    public async Task AckAsync(Taken message)
    {
        var to = Random.Shared.Next(ports.Count);
        if (!idle[to].TryTake(out var connection))
            connection = await Connection.OpenAsync(ports[to]);
        await connection.Writer.WriteLineAsync(message.Handle as string ?? throw new NotSupportedException("Only receipts travel."));
        var answer = await connection.Reader.ReadLineAsync();
        if (answer != AckServer.Done)
            throw new InvalidOperationException($"An ack was refused: {answer}");
        idle[to].Add(connection);
    }

    private sealed record Connection(StreamReader Reader, StreamWriter Writer)
    {
        public static async Task<Connection> OpenAsync(int port)
        {
            var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, port);
            return new Connection(new StreamReader(client.GetStream()), new StreamWriter(client.GetStream()) { AutoFlush = true });
        }
    }
}

/// <summary>Takes receipts from other workers, a line each, and acks them here.</summary>
internal sealed class AckServer : IAsyncDisposable
{
    public const string Done = "done";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task accepting;

    public AckServer(IContender contender, string queue)
    {
        listener.Start();
        accepting = AcceptAsync(contender, queue);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync(IContender contender, string queue)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            client.NoDelay = true;
            _ = ServeAsync(client, contender, queue);
        }
    }

    private static async Task ServeAsync(TcpClient client, IContender contender, string queue)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
            while (await reader.ReadLineAsync() is { } receipt)
            {
                string answer;
                try
                {
                    await contender.AckAsync(queue, new Taken(receipt));
                    answer = Done;
                }
                catch (InvalidOperationException exception)
                {
                    answer = exception.Message;
                }

                await writer.WriteLineAsync(answer);
            }
        }
    }
}
