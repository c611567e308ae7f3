using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

/// <summary>Triage of dead letters.</summary>
internal static class DeadLetterCommands
{
    public static Command Make() =>
        Commands.Make.Command(
            "dlq",
            "Look at dead letters, bring them back, drop them.",
            List(),
            Reasons(),
            Show(),
            Redrive(),
            Edit(),
            Purge()
        );

    private static Command List()
    {
        var queue = Commands.Make.Queue();
        var count = Commands.Make.Count("--count", "At most so many, up to 100.", 32);
        return Commands.Make.Command(
            "list",
            "List dead letters, oldest first.",
            [queue, count],
            async (session, cancellation) =>
            {
                var page = await session.Client.CreateDeadLetters(session.Get(queue)).ListAsync(session.Get(count), null, cancellation);
                session.Print.Rows(MessageRow.DeadHeaders, page.Items.Select(message => MessageRow.OfDead(message, session.Print)));
                return page.Items.Count > 0 ? ExitCode.Done : ExitCode.Nothing;
            }
        );
    }

    private static Command Reasons()
    {
        var queue = Commands.Make.Queue();
        return Commands.Make.Command(
            "reasons",
            "Count dead letters by reason, most first.",
            [queue],
            async (session, cancellation) =>
            {
                var reasons = await session.Client.CreateDeadLetters(session.Get(queue)).GetReasonsAsync(cancellation);
                session.Print.Rows(
                    ["reason", "count", "oldestAt", "newestAt", "exampleMessageId"],
                    reasons.Select(reason =>
                        new Row()
                            .Add("reason", reason.Reason)
                            .Add("count", reason.Count)
                            .Add("oldestAt", reason.OldestAt)
                            .Add("newestAt", reason.NewestAt)
                            .Add("exampleMessageId", reason.ExampleMessageId.ToString())
                    )
                );
                return reasons.Count > 0 ? ExitCode.Done : ExitCode.Nothing;
            }
        );
    }

    private static Command Show()
    {
        var queue = Commands.Make.Queue();
        var id = Id();
        return Commands.Make.Command(
            "show",
            "Show one dead letter in full.",
            [queue, id],
            async (session, cancellation) =>
            {
                var receiver = session.Client.CreateReceiver(session.Get(queue));
                if (await receiver.FindAsync(session.Get(id), cancellation) is not { } message)
                    return ExitCode.Nothing;
                await using var body = await receiver.OpenBodyAsync(message, cancellation);
                session.Print.Thing(MessageRow.InFull(message, MessageRow.BodyOf(await BinaryData.FromStreamAsync(body, cancellation))));
                return ExitCode.Done;
            }
        );
    }

    private static Command Redrive()
    {
        var queue = Commands.Make.Queue();
        var ids = new Option<Guid[]>("--id") { Description = "This one; may be given several times." };
        var max = new Option<int?>("--max") { Description = "At most so many." };
        var to = Commands.Make.Text("--to", "The queue that they go to; else the one that they came from.");
        var filter = new FilterOptions();
        var dry = new Option<bool>("--dry-run") { Description = "Count them, and change nothing." };
        var yes = Commands.Make.Yes();
        return Commands.Make.Command(
            "redrive",
            "Make dead letters live again.",
            [queue, ids, max, to, .. filter.All, dry, yes],
            async (session, cancellation) =>
            {
                var letters = session.Client.CreateDeadLetters(session.Get(queue));
                var request = new RedriveRequest
                {
                    MessageIds = session.Get(ids) is { Length: > 0 } some ? some : null,
                    MaxMessages = session.Get(max),
                    To = session.Get(to),
                    Filter = filter.Read(session),
                    DryRun = session.Get(dry) ? true : null,
                };
                if (request.MessageIds is null && request.DryRun is null && !session.Get(yes))
                {
                    var (count, examples) = await CountAsync(session, letters, cancellation);
                    if (!session.Confirm("Dead letters to bring back, at most", session.Get(queue), count, examples))
                        return ExitCode.Usage;
                }

                var result = await letters.RedriveAsync(request, cancellation);
                session.Print.Thing(
                    request.DryRun == true
                        ? new Row().Add("matching", result.Matching)
                        : new Row().Add("moved", result.Moved).Add("remaining", result.Remaining)
                );
                return ExitCode.Done;
            }
        );
    }

    private static Command Edit()
    {
        var queue = Commands.Make.Queue();
        var id = Id();
        var body = Commands.Make.Text("--body", "The new body; else stdin is.");
        var type = Commands.Make.Text("--type", "The new media type.");
        var attributes = Commands.Make.Attributes();
        var to = Commands.Make.Text("--to", "The queue that it goes to; else the one that it came from.");
        return Commands.Make.Command(
            "edit",
            "Make one dead letter live again, with a new body.",
            [queue, id, body, type, attributes, to],
            async (session, cancellation) =>
            {
                var data = await Commands.Make.ReadAsync(session.Get(body), cancellation);
                var edited = new FuncQueueMessage(data) { ContentType = session.Get(type) };
                foreach (var (name, value) in Commands.Make.Pairs(session.Get(attributes)))
                    edited.Attributes[name] = value;
                var letters = session.Client.CreateDeadLetters(session.Get(queue));
                var live = await letters.ResubmitAsync(session.Get(id), edited, session.Get(to), cancellation);
                session.Print.Line(new Row().Add("messageId", live.ToString()));
                return ExitCode.Done;
            }
        );
    }

    private static Command Purge()
    {
        var queue = Commands.Make.Queue();
        var filter = new FilterOptions();
        var dry = new Option<bool>("--dry-run") { Description = "Count them, and change nothing." };
        var yes = Commands.Make.Yes();
        return Commands.Make.Command(
            "purge",
            "Drop dead letters.",
            [queue, .. filter.All, dry, yes],
            async (session, cancellation) =>
            {
                var letters = session.Client.CreateDeadLetters(session.Get(queue));
                if (!session.Get(dry) && !session.Get(yes))
                {
                    var (count, examples) = await CountAsync(session, letters, cancellation);
                    if (!session.Confirm("Dead letters to drop, at most", session.Get(queue), count, examples))
                        return ExitCode.Usage;
                }

                var result = await letters.PurgeAsync(filter.Read(session), session.Get(dry), cancellation);
                session.Print.Thing(session.Get(dry) ? new Row().Add("matching", result.Matching) : new Row().Add("purged", result.Purged));
                return ExitCode.Done;
            }
        );
    }

    private static Argument<Guid> Id() => new("messageId") { Description = "The dead letter." };

    private static async Task<(long Count, IReadOnlyList<string> Examples)> CountAsync(
        Session session,
        FuncQueueDeadLetters letters,
        CancellationToken cancellation
    )
    {
        var queue = await session.Client.Administration.FindQueueAsync(letters.QueueName, cancellation);
        var examples = await letters.ListAsync(3, null, cancellation);
        return (queue?.Counts?.DeadLettered ?? 0, [.. examples.Items.Select(MessageRow.BodyOf)]);
    }
}
