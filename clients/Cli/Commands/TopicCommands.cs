using System.CommandLine;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class TopicCommands
{
    public static Command Make() =>
        Commands.Make.Command(
            "topic",
            "Create, look at and remove topics; publish to them, and read them.",
            List(),
            Show(),
            Set(),
            Publish(),
            TailCommand.Make(),
            TopicGroupCommands.Make(),
            Delete()
        );

    private static Command List()
    {
        var prefix = Commands.Make.Prefix();
        return Commands.Make.Command(
            "list",
            "List topics.",
            [prefix],
            async (session, cancellation) =>
            {
                var rows = new List<Row>();
                await foreach (var topic in session.Client.Administration.Topics.ListTopicsAsync(session.Get(prefix), cancellation))
                    rows.Add(Of(topic));
                session.Print.Rows(["name", "partitions", "retention", "createdAt"], rows);
                return ExitCode.Done;
            }
        );
    }

    private static Command Show()
    {
        var name = Commands.Make.Topic();
        return Commands.Make.Command(
            "show",
            "Show what each partition of a topic has.",
            [name],
            async (session, cancellation) =>
            {
                if (await session.Client.Administration.Topics.FindTopicAsync(session.Get(name), cancellation) is not { } topic)
                    return ExitCode.Nothing;
                session.Print.Rows(
                    ["partition", "firstOffset", "nextOffset", "lastPublishedAt"],
                    (topic.Offsets ?? []).Select(offsets =>
                        new Row()
                            .Add("partition", offsets.Partition)
                            .Add("firstOffset", offsets.FirstOffset)
                            .Add("nextOffset", offsets.NextOffset)
                            .Add("lastPublishedAt", offsets.LastPublishedAt)
                    )
                );
                return ExitCode.Done;
            }
        );
    }

    private static Command Set()
    {
        var name = Commands.Make.Topic();
        var partitions = new Option<int?>("--partitions") { Description = "1 to 32; at creation only." };
        var retention = Commands.Make.Duration("--retention", "How long records are kept; none: for ever");
        var alternate = Commands.Make.Text("--alternate-queue", "The queue that takes what no subscription takes.");
        var command = Commands.Make.Command(
            "set",
            "Create a topic, or change the settings of one that is there.",
            [name, partitions, retention, alternate],
            async (session, cancellation) =>
            {
                var settings = new TopicSettings
                {
                    Partitions = session.Get(partitions),
                    Retention = session.Get(retention),
                    AlternateQueue = session.Get(alternate),
                };
                var topic = await session.Client.Administration.Topics.CreateOrUpdateTopicAsync(
                    session.Get(name),
                    settings,
                    null,
                    cancellation
                );
                session.Print.Thing(Of(topic));
                return ExitCode.Done;
            }
        );
        command.Aliases.Add("create");
        return command;
    }

    private static Command Publish()
    {
        var name = Commands.Make.Topic();
        var body = Commands.Make.Body();
        var routingKey = Commands.Make.Text("--routing-key", "By what subscriptions choose.");
        var key = Commands.Make.Text("--record-key", "What the record is in order with.");
        var type = Commands.Make.Text("--type", "The media type.");
        var attributes = Commands.Make.Attributes();
        var mandatory = new Option<bool>("--mandatory") { Description = "Fail where no subscription takes it." };
        return Commands.Make.Command(
            "publish",
            "Publish a record.",
            [name, body, routingKey, key, type, attributes, mandatory],
            async (session, cancellation) =>
            {
                var message = new TopicMessage(await Commands.Make.ReadAsync(session.Get(body), cancellation))
                {
                    ContentType = session.Get(type),
                    RoutingKey = session.Get(routingKey),
                    Key = session.Get(key),
                    Mandatory = session.Get(mandatory),
                };
                foreach (var (attribute, value) in Commands.Make.Pairs(session.Get(attributes)))
                    message.Attributes[attribute] = value;
                await using var publisher = session.Client.CreatePublisher(session.Get(name));
                var published = await publisher.PublishAsync(message, cancellation);
                session.Print.Line(
                    new Row().Add("partition", published.Partition).Add("offset", published.Offset).Add("matched", published.Matched)
                );
                return ExitCode.Done;
            }
        );
    }

    private static Command Delete()
    {
        var name = Commands.Make.Topic();
        var noDrain = new Option<bool>("--no-drain") { Description = "Drop what subscriptions have not taken." };
        return Commands.Make.Delete(
            "Remove a topic.",
            [name, noDrain],
            async (session, cancellation) =>
            {
                var topic = await session.Client.Administration.Topics.FindTopicAsync(session.Get(name), cancellation);
                var count = (topic?.Offsets ?? []).Sum(offsets => offsets.NextOffset - offsets.FirstOffset);
                return session.Confirm("Records that go with the topic", session.Get(name), count, []);
            },
            (session, cancellation) =>
                session.Client.Administration.Topics.DeleteTopicAsync(session.Get(name), !session.Get(noDrain), cancellation)
        );
    }

    private static Row Of(TopicProperties topic) =>
        new Row()
            .Add("name", topic.Name)
            .Add("partitions", topic.Partitions)
            .Add("retention", topic.Retention)
            .Add("createdAt", topic.CreatedAt);
}
