using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class ReceiveCommand
{
    public static Command Make()
    {
        var queue = Commands.Make.Queue();
        var count = Commands.Make.Count("--count", "At most so many, up to 100.", 1);
        var wait = Commands.Make.Duration("--wait", "Wait for a first one, up to 20 s");
        var ack = new Option<bool>("--ack") { Description = "Ack what is printed; else it is given back." };
        var raw = new Option<bool>("--raw") { Description = "Print bodies as they are, and nothing else." };
        return Commands.Make.Command(
            "receive",
            "Receive messages, print them, and ack them or give them back uncounted.",
            [queue, count, wait, ack, raw],
            async (session, cancellation) =>
            {
                var receiver = session.Client.CreateReceiver(session.Get(queue));
                var messages = await receiver.ReceiveAsync(session.Get(count), session.Get(wait), cancellation);
                var settled = false;
                try
                {
                    if (session.Get(raw))
                    {
                        await using var output = Console.OpenStandardOutput();
                        foreach (var message in messages)
                            await output.WriteAsync(message.Body.ToMemory(), cancellation);
                    }
                    else
                        session.Print.Rows(MessageRow.Headers, messages.Select(message => MessageRow.Of(message, session.Print)));
                    if (session.Get(ack))
                    {
                        var acks = await Task.WhenAll(messages.Select(message => receiver.AckAsync(message, cancellation)));
                        settled = true;
                        if (acks.Any(status => status != SettleStatus.Ok))
                        {
                            session.Print.Error("A lease was lost before its ack: the message comes again.");
                            return ExitCode.Failed;
                        }
                    }
                }
                finally
                {
                    if (!settled)
                        await Task.WhenAll(messages.Select(message => receiver.ReleaseAsync(message, CancellationToken.None)));
                }

                return messages.Count > 0 ? ExitCode.Done : ExitCode.Nothing;
            }
        );
    }
}
