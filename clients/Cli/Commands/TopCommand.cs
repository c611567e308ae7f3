using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using Spectre.Console;

namespace FuncQueue.Cli.Commands;

internal static class TopCommand
{
    private static readonly string[] Headers = ["name", "ready", "leased", "scheduled", "deadLettered", "oldestAgeSeconds"];

    public static Command Make()
    {
        var prefix = Commands.Make.Prefix();
        var every = Commands.Make.Duration("--every", "On a terminal, look again after so long; 0: once");
        return Commands.Make.Command(
            "top",
            "Show the queues with the most messages; on a terminal again and again.",
            [prefix, every],
            async (session, cancellation) =>
            {
                var pause = session.Get(every) ?? TimeSpan.FromSeconds(2);
                if (!session.Print.IsTerminal || pause <= TimeSpan.Zero)
                {
                    session.Print.Rows(Headers, await LookAsync(session, session.Get(prefix), cancellation));
                    return ExitCode.Done;
                }

                await session
                    .Print.Terminal.Live(new Table())
                    .StartAsync(async live =>
                    {
                        while (true)
                        {
                            live.UpdateTarget(Printer.Table(Headers, await LookAsync(session, session.Get(prefix), cancellation)));
                            await Task.Delay(pause, TimeProvider.System, cancellation);
                        }
                    });
                return ExitCode.Done;
            }
        );
    }

    private static async Task<IReadOnlyList<Row>> LookAsync(Session session, string? prefix, CancellationToken cancellation)
    {
        const int most = 40;
        var names = new List<string>();
        await foreach (var queue in session.Client.Administration.ListQueuesAsync(prefix, cancellation))
            names.Add(queue.Name);
        var queues = await Task.WhenAll(names.Take(most).Select(name => session.Client.Administration.FindQueueAsync(name, cancellation)));
        return
        [
            .. queues
                .Where(queue => queue?.Counts is not null)
                .OrderByDescending(queue => queue!.Counts!.Ready + queue.Counts.Leased)
                .Select(queue =>
                    new Row()
                        .Add("name", queue!.Name)
                        .Add("ready", queue.Counts!.Ready)
                        .Add("leased", queue.Counts.Leased)
                        .Add("scheduled", queue.Counts.Scheduled)
                        .Add("deadLettered", queue.Counts.DeadLettered)
                        .Add("oldestAgeSeconds", queue.OldestMessageAgeSeconds)
                ),
        ];
    }
}
