using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class SendCommand
{
    public static Command Make()
    {
        var queue = Commands.Make.Queue();
        var body = Commands.Make.Body();
        var lines = new Option<bool>("--lines") { Description = "Each line of stdin is a message." };
        var file = Commands.Make.Text("--file", "The file that is the body.");
        var type = Commands.Make.Text("--type", "The media type.");
        var attributes = Commands.Make.Attributes();
        var delay = Commands.Make.Duration("--delay", "Hold it back so long");
        var at = new Option<DateTimeOffset?>("--at") { Description = "Hold it back until then (RFC 3339)." };
        var ttl = Commands.Make.Duration("--ttl", "Let it live so long");
        var priority = new Option<int?>("--priority") { Description = "0 to 9." };
        var group = Commands.Make.Text("--group", "Its group; required on FIFO queues.");
        var id = Commands.Make.Text("--deduplication-id", "Makes a repeat a no-op.");
        var byContent = new Option<bool>("--by-content")
        {
            Description = "Give it no id, so that a queue with --content-deduplication knows repeats by the body; a lost answer is told.",
        };
        return Commands.Make.Command(
            "send",
            "Send a message, or one for each line.",
            [queue, body, lines, file, type, attributes, delay, at, ttl, priority, group, id, byContent],
            async (session, cancellation) =>
            {
                FuncQueueMessage Message(BinaryData data)
                {
                    var message = new FuncQueueMessage(data)
                    {
                        ContentType = session.Get(type),
                        Delay = session.Get(delay),
                        EnqueueAt = session.Get(at),
                        TimeToLive = session.Get(ttl),
                        Priority = session.Get(priority),
                        GroupId = session.Get(group),
                        DeduplicationId = session.Get(id),
                    };
                    foreach (var (name, value) in Commands.Make.Pairs(session.Get(attributes)))
                        message.Attributes[name] = value;
                    return message;
                }

                await using var sender = session.Client.CreateSender(
                    session.Get(queue),
                    new FuncQueueSenderOptions { DeduplicationIds = !session.Get(byContent) }
                );
                if (session.Get(lines))
                    return await LinesAsync(session, sender, Message, cancellation);
                var data =
                    session.Get(body) is null && session.Get(file) is { } path
                        ? BinaryData.FromBytes(await File.ReadAllBytesAsync(path, cancellation))
                        : await Commands.Make.ReadAsync(session.Get(body), cancellation);
                var sent = await sender.SendAsync(Message(data), cancellation);
                session.Print.Line(new Row().Add("messageId", sent.MessageId.ToString()).Add("duplicate", sent.Duplicate ? true : null));
                return ExitCode.Done;
            }
        );
    }

    private static async Task<int> LinesAsync(
        Session session,
        FuncQueueSender sender,
        Func<BinaryData, FuncQueueMessage> message,
        CancellationToken cancellation
    )
    {
        const int atOnce = 1000;
        var (sent, failed) = (0, 0);
        var some = new List<FuncQueueMessage>();
        async Task FlushAsync()
        {
            foreach (var outcome in await sender.SendAllAsync(some, cancellation))
            {
                if (outcome.IsSent)
                    sent++;
                else if (++failed <= 3)
                    session.Print.Failure(outcome.Failure!);
            }

            some.Clear();
        }

        while (await Console.In.ReadLineAsync(cancellation) is { } line)
        {
            some.Add(message(BinaryData.FromString(line)));
            if (some.Count == atOnce)
                await FlushAsync();
        }

        await FlushAsync();
        session.Print.Thing(new Row().Add("sent", sent).Add("failed", failed));
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
