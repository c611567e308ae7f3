using System.CommandLine;
using FuncQueue.Cli.CommandLine;

namespace FuncQueue.Cli.Commands;

internal static class CancelCommand
{
    public static Command Make()
    {
        var queue = Commands.Make.Queue();
        var id = new Argument<Guid>("messageId") { Description = "The message, as peek --scheduled shows it." };
        return Commands.Make.Command(
            "cancel",
            "Cancel a message that is held back.",
            [queue, id],
            async (session, cancellation) =>
            {
                await using var sender = session.Client.CreateSender(session.Get(queue));
                return await sender.CancelScheduledAsync(session.Get(id), cancellation) ? ExitCode.Done : ExitCode.Nothing;
            }
        );
    }
}
