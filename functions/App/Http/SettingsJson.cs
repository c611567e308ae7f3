using System.Text.Json;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>A queue's settings in JSON, both ways.</summary>
internal static class SettingsJson
{
    private static readonly (string Text, QueueState Value)[] States =
    [
        ("active", QueueState.Active),
        ("sendPaused", QueueState.SendPaused),
        ("receivePaused", QueueState.ReceivePaused),
        ("paused", QueueState.Paused),
    ];

    public static QueueSettingsChange Read(JsonElement root, Faults faults)
    {
        var members = new JsonMembers(
            root,
            faults,
            "",
            "state",
            "type",
            "visibilityTimeoutSeconds",
            "maxDeliveryCount",
            "messageTtlSeconds",
            "onExpiry",
            "delaySeconds",
            "deduplicationWindowSeconds",
            "contentBasedDeduplication",
            "shards",
            "retryBackoff",
            "deadLetterTtlSeconds",
            "tags"
        );
        var backoff = members.Get("retryBackoff", JsonValueKind.Object, "Must be an object.") is { } value
            ? new JsonMembers(value, faults, "retryBackoff.", "initialSeconds", "maxSeconds")
            : null;
        return new QueueSettingsChange
        {
            State = OneOf(members, "state", States),
            Type = OneOf(members, "type", ("standard", QueueType.Standard), ("fifo", QueueType.Fifo)),
            VisibilityTimeout = Given(members.Seconds("visibilityTimeoutSeconds")),
            MaxDeliveryCount = members.IsNull("maxDeliveryCount")
                ? new Given<int?>(null)
                : GivenOrLeftOut(members.Number("maxDeliveryCount")),
            MessageTimeToLive = members.IsNull("messageTtlSeconds")
                ? new Given<TimeSpan?>(null)
                : GivenOrLeftOut(members.Seconds("messageTtlSeconds")),
            OnExpiry = OneOf(members, "onExpiry", ("drop", ExpiryAction.Drop), ("deadletter", ExpiryAction.DeadLetter)),
            Delay = Given(members.Seconds("delaySeconds")),
            DeduplicationWindow = Given(members.Seconds("deduplicationWindowSeconds")),
            ContentBasedDeduplication = Given(members.Boolean("contentBasedDeduplication")),
            Shards = Given(members.Number("shards")),
            RetryBackoffInitial = Given(backoff?.Seconds("initialSeconds")),
            RetryBackoffMax = Given(backoff?.Seconds("maxSeconds")),
            DeadLetterTimeToLive = members.IsNull("deadLetterTtlSeconds")
                ? new Given<TimeSpan?>(null)
                : GivenOrLeftOut(members.Seconds("deadLetterTtlSeconds")),
            Tags = members.Strings("tags") is { } tags ? new Given<IReadOnlyDictionary<string, string>>(tags) : default,
        };
    }

    public static void Write(Utf8JsonWriter writer, QueueInfo queue)
    {
        var settings = queue.Settings;
        writer.WriteString("name", queue.Name.Value);
        writer.WriteString("state", Array.Find(States, s => s.Value == settings.State).Text);
        writer.WriteString("type", settings.Type == QueueType.Fifo ? "fifo" : "standard");
        Durations.Write(writer, "visibilityTimeoutSeconds", settings.VisibilityTimeout);
        if (settings.MaxDeliveryCount is { } count)
            writer.WriteNumber("maxDeliveryCount", count);
        else
            writer.WriteNull("maxDeliveryCount");
        WriteOrNull(writer, "messageTtlSeconds", settings.MessageTimeToLive);
        writer.WriteString("onExpiry", settings.OnExpiry == ExpiryAction.Drop ? "drop" : "deadletter");
        Durations.Write(writer, "delaySeconds", settings.Delay);
        Durations.Write(writer, "deduplicationWindowSeconds", settings.DeduplicationWindow);
        writer.WriteBoolean("contentBasedDeduplication", settings.ContentBasedDeduplication);
        writer.WriteNumber("shards", settings.Shards);
        writer.WriteStartObject("retryBackoff");
        Durations.Write(writer, "initialSeconds", settings.RetryBackoff.Initial);
        Durations.Write(writer, "maxSeconds", settings.RetryBackoff.Max);
        writer.WriteEndObject();
        WriteOrNull(writer, "deadLetterTtlSeconds", settings.DeadLetterTimeToLive);
        writer.WriteStartObject("tags");
        foreach (var (name, value) in settings.Tags)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteString("createdAt", Instants.Format(queue.CreatedAt));
    }

    private static void WriteOrNull(Utf8JsonWriter writer, string name, TimeSpan? value)
    {
        if (value is { } duration)
            Durations.Write(writer, name, duration);
        else
            writer.WriteNull(name);
    }

    private static Given<T> Given<T>(T? value)
        where T : struct => value is { } there ? new Given<T>(there) : default;

    private static Given<T?> GivenOrLeftOut<T>(T? value)
        where T : struct => value is null ? default : new Given<T?>(value);

    private static Given<T> OneOf<T>(JsonMembers members, string name, params ReadOnlySpan<(string Text, T Value)> choices)
    {
        if (members.Text(name) is not { } text)
            return default;
        foreach (var choice in choices)
        {
            if (choice.Text == text)
                return choice.Value;
        }

        var texts = choices.ToArray().Select(choice => choice.Text).ToList();
        members.Fault(name, $"Must be {string.Join(", ", texts.SkipLast(1))} or {texts[^1]}.");
        return default;
    }
}
