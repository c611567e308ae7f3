using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class ExportCommand
{
    public static Command Make()
    {
        var queue = Commands.Make.Queue();
        var dead = new Option<bool>("--dlq") { Description = "The dead letters instead of what is ready and held back." };
        return Commands.Make.Command(
            "export",
            "Print the messages of a queue as NDJSON, which import reads; leased ones are not among them.",
            [queue, dead],
            async (session, cancellation) =>
            {
                var receiver = session.Client.CreateReceiver(session.Get(queue));
                await using var output = Console.OpenStandardOutput();
                if (session.Get(dead))
                {
                    var letters = session.Client.CreateDeadLetters(session.Get(queue));
                    await WriteAsync(receiver, at => letters.ListAsync(100, at, cancellation), false, output, cancellation);
                    return ExitCode.Done;
                }

                await WriteAsync(receiver, at => receiver.PeekAsync(100, at, cancellation), false, output, cancellation);
                await WriteAsync(receiver, at => receiver.ListScheduledAsync(100, at, cancellation), true, output, cancellation);
                return ExitCode.Done;
            }
        );
    }

    private static async Task WriteAsync(
        FuncQueueReceiver receiver,
        Func<string?, Task<FuncQueuePage<ReceivedMessage>>> pageAsync,
        bool scheduled,
        Stream output,
        CancellationToken cancellation
    )
    {
        string? continuation = null;
        do
        {
            var page = await pageAsync(continuation);
            foreach (var message in page.Items)
            {
                await using var body = await receiver.OpenBodyAsync(message, cancellation);
                var data = await BinaryData.FromStreamAsync(body, cancellation);
                await output.WriteAsync(ExportedMessage.Write(message, data, scheduled), cancellation);
            }

            continuation = page.Continuation;
        } while (continuation is not null);
    }
}
