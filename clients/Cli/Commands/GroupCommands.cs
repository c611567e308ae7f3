using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;

namespace FuncQueue.Cli.Commands;

internal static class GroupCommands
{
    public static Command Make() => Commands.Make.Command("group", "Groups of FIFO queues.", List());

    private static Command List()
    {
        var queue = Commands.Make.Queue();
        return Commands.Make.Command(
            "list",
            "List the groups of a FIFO queue with their backlogs.",
            [queue],
            async (session, cancellation) =>
            {
                var rows = new List<Row>();
                await foreach (var group in session.Client.Administration.ListGroupsAsync(session.Get(queue), cancellation))
                {
                    rows.Add(
                        new Row()
                            .Add("groupId", group.GroupId)
                            .Add("messages", group.Messages)
                            .Add("leased", group.Leased)
                            .Add("oldestAgeSeconds", group.OldestMessageAgeSeconds)
                    );
                }

                session.Print.Rows(["groupId", "messages", "leased", "oldestAgeSeconds"], rows);
                return ExitCode.Done;
            }
        );
    }
}
