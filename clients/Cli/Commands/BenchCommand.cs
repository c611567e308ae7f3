using System.CommandLine;
using System.Globalization;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class BenchCommand
{
    public static Command Make()
    {
        var queue = Commands.Make.Queue();
        var count = Commands.Make.Count("--count", "Messages.", 1000);
        var senders = Commands.Make.Number("--senders", "Concurrent senders.", 64, least: 1);
        var size = Commands.Make.Number("--size", "Bytes of a body.", 256, least: 0);
        return Commands.Make.Command(
            "bench",
            "Send messages to a queue that has none, handle them, and tell how fast that was.",
            [queue, count, senders, size],
            async (session, cancellation) =>
            {
                var name = session.Get(queue);
                var found = await session.Client.Administration.FindQueueAsync(name, cancellation);
                if (found?.Counts is { } counts && counts.Ready + counts.Leased > 0)
                    throw new UsageException($"Queue {name} has messages: a benchmark would handle them.");
                var total = session.Get(count);
                var sent = await SendAsync(session, name, total, session.Get(senders), session.Get(size), cancellation);
                var handled = await HandleAsync(session, name, total, cancellation);
                session.Print.Thing(
                    new Row().Add("messages", total).Add("sentPerSecond", Rate(total, sent)).Add("handledPerSecond", Rate(total, handled))
                );
                return ExitCode.Done;
            }
        );
    }

    private static async Task<TimeSpan> SendAsync(
        Session session,
        string queue,
        int count,
        int senders,
        int size,
        CancellationToken cancellation
    )
    {
        await using var sender = session.Client.CreateSender(queue);
        var body = BinaryData.FromBytes(new byte[size]);
        var left = count;
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, senders)
                .Select(async _ =>
                {
                    while (Interlocked.Decrement(ref left) >= 0)
                        await sender.SendAsync(new FuncQueueMessage(body), cancellation);
                })
        );
        return TimeProvider.System.GetElapsedTime(began);
    }

    private static async Task<TimeSpan> HandleAsync(Session session, string queue, int count, CancellationToken cancellation)
    {
        var left = count;
        var all = new TaskCompletionSource();
        await using var processor = session.Client.CreateProcessor(
            queue,
            _ =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                    all.TrySetResult();
                return Task.CompletedTask;
            },
            new FuncQueueProcessorOptions { MaxConcurrency = 100, PrefetchCount = 100 }
        );
        var began = TimeProvider.System.GetTimestamp();
        await processor.StartAsync(cancellation);
        await all.Task.WaitAsync(cancellation);
        await processor.StopAsync(CancellationToken.None);
        return TimeProvider.System.GetElapsedTime(began);
    }

    private static string Rate(int count, TimeSpan time) => (count / time.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
}
