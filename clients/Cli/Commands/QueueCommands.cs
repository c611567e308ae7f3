using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

/// <summary>Queues themselves.</summary>
internal static class QueueCommands
{
    public static Command Make() =>
        Commands.Make.Command("queue", "Create, change, look at and remove queues.", List(), Show(), Set(), Delete(), Purge());

    private static Command List()
    {
        var prefix = Commands.Make.Prefix();
        return Commands.Make.Command(
            "list",
            "List queues.",
            [prefix],
            async (session, cancellation) =>
            {
                var rows = new List<Row>();
                await foreach (var queue in session.Client.Administration.ListQueuesAsync(session.Get(prefix), cancellation))
                    rows.Add(
                        new Row()
                            .Add("name", queue.Name)
                            .Add("type", queue.Type)
                            .Add("shards", queue.Shards)
                            .Add("createdAt", queue.CreatedAt)
                    );
                session.Print.Rows(["name", "type", "shards", "createdAt"], rows);
                return ExitCode.Done;
            }
        );
    }

    private static Command Show()
    {
        var name = Commands.Make.Queue();
        return Commands.Make.Command(
            "show",
            "Show a queue's settings and counts.",
            [name],
            async (session, cancellation) =>
            {
                if (await session.Client.Administration.FindQueueAsync(session.Get(name), cancellation) is not { } queue)
                {
                    session.Print.Error($"There is no queue {session.Get(name)}.");
                    return ExitCode.Nothing;
                }

                session.Print.Thing(Of(queue));
                return ExitCode.Done;
            }
        );
    }

    private static Command Set()
    {
        var name = Commands.Make.Queue();
        var fifo = new Option<bool>("--fifo") { Description = "A FIFO queue; its name ends in .fifo. At creation only." };
        var create = new Option<bool>("--new") { Description = "Fail where the queue is there." };
        var visibility = Commands.Make.Duration("--visibility", "How long a message is leased");
        var deliveries = new Option<int?>("--max-deliveries")
        {
            Description = "Deliveries before a message is a dead letter; 0: no limit.",
        };
        var ttl = Commands.Make.Duration("--ttl", "How long a message lives; none: for ever");
        var expiry = Commands.Make.Text("--on-expiry", "drop or deadletter.");
        var delay = Commands.Make.Duration("--delay", "How long a message is held back");
        var window = Commands.Make.Duration("--deduplication-window", "How long a deduplication id is remembered");
        var content = new Option<bool?>("--content-deduplication") { Description = "Know messages by their bodies." };
        var shards = new Option<int?>("--shards") { Description = "1 to 32." };
        var backoff = Commands.Make.Duration("--backoff", "How long a nacked message waits at first");
        var maxBackoff = Commands.Make.Duration("--max-backoff", "How long a nacked message waits at most");
        var deadTtl = Commands.Make.Duration("--dead-letter-ttl", "How long a dead letter lives; none: for ever");
        var state = Commands.Make.Text("--state", "active, sendPaused, receivePaused or paused.");
        var command = Commands.Make.Command(
            "set",
            "Create a queue, or change the settings of one that is there.",
            [name, fifo, create, visibility, deliveries, ttl, expiry, delay, window, content, shards, backoff, maxBackoff, deadTtl, state],
            async (session, cancellation) =>
            {
                var settings = new QueueSettings
                {
                    Type = session.Get(fifo) ? "fifo" : null,
                    VisibilityTimeout = session.Get(visibility),
                    MaxDeliveryCount = session.Get(deliveries) is 0 ? QueueSettings.NoLimit : session.Get(deliveries),
                    MessageTimeToLive = session.Get(ttl),
                    OnExpiry = session.Get(expiry),
                    Delay = session.Get(delay),
                    DeduplicationWindow = session.Get(window),
                    ContentBasedDeduplication = session.Get(content),
                    Shards = session.Get(shards),
                    RetryBackoff =
                        session.Get(backoff) is null && session.Get(maxBackoff) is null
                            ? null
                            : new RetryBackoff { Initial = session.Get(backoff), Max = session.Get(maxBackoff) },
                    DeadLetterTimeToLive = session.Get(deadTtl),
                    State = session.Get(state),
                };
                var admin = session.Client.Administration;
                var queue = session.Get(create)
                    ? await admin.CreateQueueAsync(session.Get(name), settings, cancellation)
                    : await admin.CreateOrUpdateQueueAsync(session.Get(name), settings, null, cancellation);
                session.Print.Thing(Of(queue));
                return ExitCode.Done;
            }
        );
        command.Aliases.Add("create");
        return command;
    }

    private static Command Delete()
    {
        var name = Commands.Make.Queue();
        return Commands.Make.Delete(
            "Remove a queue and all that is in it.",
            [name],
            (session, cancellation) => ConfirmAsync(session, session.Get(name), "Messages that go with the queue", cancellation),
            (session, cancellation) => session.Client.Administration.DeleteQueueAsync(session.Get(name), cancellation)
        );
    }

    private static Command Purge()
    {
        var name = Commands.Make.Queue();
        var yes = Commands.Make.Yes();
        return Commands.Make.Command(
            "purge",
            "Drop the live messages of a queue.",
            [name, yes],
            async (session, cancellation) =>
            {
                if (!session.Get(yes) && !await ConfirmAsync(session, session.Get(name), "Messages to drop", cancellation))
                    return ExitCode.Usage;
                var purged = await session.Client.Administration.PurgeQueueAsync(session.Get(name), null, false, cancellation);
                session.Print.Thing(new Row().Add("purged", purged.Purged));
                return ExitCode.Done;
            }
        );
    }

    private static async Task<bool> ConfirmAsync(Session session, string name, string what, CancellationToken cancellation)
    {
        var queue = await session.Client.Administration.FindQueueAsync(name, cancellation);
        var examples = (await session.Client.CreateReceiver(name).PeekAsync(3, null, cancellation)).Items;
        var counts = queue?.Counts;
        var count = counts is null ? 0 : counts.Ready + counts.Leased + counts.Scheduled;
        return session.Confirm(what, name, count, [.. examples.Select(MessageRow.BodyOf)]);
    }

    private static Row Of(QueueProperties queue) =>
        new Row()
            .Add("name", queue.Name)
            .Add("type", queue.Type)
            .Add("state", queue.State)
            .Add("ready", queue.Counts?.Ready)
            .Add("leased", queue.Counts?.Leased)
            .Add("scheduled", queue.Counts?.Scheduled)
            .Add("deadLettered", queue.Counts?.DeadLettered)
            .Add("oldestAgeSeconds", queue.OldestMessageAgeSeconds)
            .Add("visibility", queue.VisibilityTimeout)
            .Add("maxDeliveries", queue.MaxDeliveryCount == QueueSettings.NoLimit ? "none" : queue.MaxDeliveryCount)
            .Add("ttl", queue.MessageTimeToLive)
            .Add("onExpiry", queue.OnExpiry)
            .Add("delay", queue.Delay)
            .Add("deduplicationWindow", queue.DeduplicationWindow)
            .Add("shards", queue.Shards)
            .Add("createdAt", queue.CreatedAt);
}
