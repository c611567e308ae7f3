using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class ImportCommand
{
    private const int AtOnce = 500;

    public static Command Make()
    {
        var queue = Commands.Make.Queue();
        return Commands.Make.Command(
            "import",
            "Send what export printed, from stdin. Each line gets a deduplication id of its own: nothing is stored twice.",
            [queue],
            async (session, cancellation) =>
            {
                await using var sender = session.Client.CreateSender(session.Get(queue));
                var (number, imported) = (0, 0);
                var some = new List<FuncQueueMessage>();
                async Task FlushAsync()
                {
                    foreach (var outcome in await sender.SendAllAsync(some, cancellation))
                    {
                        outcome.GetResult();
                        imported++;
                    }

                    some.Clear();
                }

                try
                {
                    while (await Console.In.ReadLineAsync(cancellation) is { } line)
                    {
                        number++;
                        if (line.Length > 0)
                            some.Add(ExportedMessage.Read(line, number));
                        if (some.Count == AtOnce)
                            await FlushAsync();
                    }

                    await FlushAsync();
                }
                finally
                {
                    session.Print.Thing(new Row().Add("imported", imported));
                }

                return ExitCode.Done;
            }
        );
    }
}
