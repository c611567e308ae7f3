using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;

namespace FuncQueue.Cli.Commands;

internal static class PeekCommand
{
    public static Command Make()
    {
        var queue = Commands.Make.Queue();
        var count = Commands.Make.Count("--count", "At most so many, up to 100.", 10);
        var scheduled = new Option<bool>("--scheduled") { Description = "Those that are held back." };
        var id = new Option<Guid?>("--id") { Description = "This one, in full, wherever it is." };
        return Commands.Make.Command(
            "peek",
            "Look at messages without leasing them.",
            [queue, count, scheduled, id],
            async (session, cancellation) =>
            {
                var receiver = session.Client.CreateReceiver(session.Get(queue));
                if (session.Get(id) is { } wanted)
                {
                    if (await receiver.FindAsync(wanted, cancellation) is not { } message)
                        return ExitCode.Nothing;
                    await using var body = await receiver.OpenBodyAsync(message, cancellation);
                    session.Print.Thing(
                        MessageRow.InFull(message, MessageRow.BodyOf(await BinaryData.FromStreamAsync(body, cancellation)))
                    );
                    return ExitCode.Done;
                }

                var page = session.Get(scheduled)
                    ? await receiver.ListScheduledAsync(session.Get(count), null, cancellation)
                    : await receiver.PeekAsync(session.Get(count), null, cancellation);
                session.Print.Rows(MessageRow.Headers, page.Items.Select(message => MessageRow.Of(message, session.Print)));
                return page.Items.Count > 0 ? ExitCode.Done : ExitCode.Nothing;
            }
        );
    }
}
