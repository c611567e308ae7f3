using System.CommandLine;
using System.Text.Json;
using FuncQueue.Cli.CommandLine;
using FuncQueue.Cli.Output;
using FuncQueue.Client;

namespace FuncQueue.Cli.Commands;

internal static class SubscriptionCommands
{
    public static Command Make() =>
        Commands.Make.Command("subscription", "What topics forward, and to which queues or topics.", List(), Set(), Seek(), Delete());

    private static Argument<string> Name() => new("subscription") { Description = "The subscription." };

    private static Command List()
    {
        var topic = Commands.Make.Topic();
        return Commands.Make.Command(
            "list",
            "List the subscriptions of a topic.",
            [topic],
            async (session, cancellation) =>
            {
                var subscriptions = await session.Client.Administration.Topics.ListSubscriptionsAsync(session.Get(topic), cancellation);
                session.Print.Rows(["name", "target", "lag", "filters"], subscriptions.Select(Of));
                return ExitCode.Done;
            }
        );
    }

    private static Command Set()
    {
        var topic = Commands.Make.Topic();
        var name = Name();
        var queue = Commands.Make.Text("--queue", "The queue that takes the records.");
        var target = Commands.Make.Text("--topic", "The topic that takes the records.");
        var filters = Commands.Make.Text("--filters", "A JSON array of filters, as the HTTP API has them.");
        var keys = new Option<string[]>("--routing-key") { Description = "A pattern; may be given several times." };
        var from = Commands.Make.Text("--from", "now, earliest, or JSON as the HTTP API has it; at creation only.");
        var command = Commands.Make.Command(
            "set",
            "Create a subscription, or change the filters of one that is there.",
            [topic, name, queue, target, filters, keys, from],
            async (session, cancellation) =>
            {
                var settings = new SubscriptionSettings
                {
                    Queue = session.Get(queue),
                    Topic = session.Get(target),
                    Filters = Filters(session.Get(filters), session.Get(keys) ?? []),
                    From = session.Get(from) is { } place ? Commands.Make.Place(place) : null,
                };
                var subscription = await session.Client.Administration.Topics.CreateOrUpdateSubscriptionAsync(
                    session.Get(topic),
                    session.Get(name),
                    settings,
                    null,
                    cancellation
                );
                session.Print.Thing(Of(subscription));
                return ExitCode.Done;
            }
        );
        command.Aliases.Add("create");
        return command;
    }

    private static Command Seek()
    {
        var (topic, name) = (Commands.Make.Topic(), Name());
        return Commands.Make.Seek(
            "Forward again from a place, or skip to it.",
            [topic, name],
            (session, place, cancellation) =>
                session.Client.Administration.Topics.SeekSubscriptionAsync(session.Get(topic), session.Get(name), place, cancellation)
        );
    }

    private static Command Delete()
    {
        var (topic, name) = (Commands.Make.Topic(), Name());
        return Commands.Make.Delete(
            "Remove a subscription; what was routed to it before still arrives.",
            [topic, name],
            async (session, cancellation) =>
            {
                var topics = session.Client.Administration.Topics;
                var found = await topics.FindSubscriptionAsync(session.Get(topic), session.Get(name), cancellation);
                return session.Confirm("Records that are on their way", session.Get(name), found?.Lag ?? 0, []);
            },
            (session, cancellation) =>
                session.Client.Administration.Topics.DeleteSubscriptionAsync(session.Get(topic), session.Get(name), true, cancellation)
        );
    }

    private static List<JsonElement>? Filters(string? json, string[] routingKeys)
    {
        if (json is not null && routingKeys.Length > 0)
            throw new UsageException("Give --filters or --routing-key.");
        if (json is not null)
            return [.. Commands.Make.Json(json).EnumerateArray()];
        if (routingKeys.Length == 0)
            return null;
        var row = new Row().Add("routingKey", routingKeys);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            row.Write(writer);
        return [JsonElement.Parse(buffer.ToArray())];
    }

    private static Row Of(SubscriptionProperties subscription) =>
        new Row()
            .Add("name", subscription.Name)
            .Add("target", subscription.Queue ?? subscription.Topic)
            .Add("lag", subscription.Lag)
            .Add("filters", string.Join(' ', subscription.Filters.Select(filter => filter.GetRawText())));
}
