using System.Text.Unicode;
using FuncQueue.Client;

namespace FuncQueue.Cli.Output;

/// <summary>Messages in lists.</summary>
internal static class MessageRow
{
    public static readonly string[] Headers = ["messageId", "deliveries", "enqueuedAt", "group", "body"];

    /// <summary>In JSON a message is whole; a line has what fits it.</summary>
    public static Row Of(ReceivedMessage message, Printer print) => print.IsJson ? InFull(message, null) : Short(message);

    /// <inheritdoc cref="Of"/>
    public static Row OfDead(ReceivedMessage message, Printer print) => print.IsJson ? InFull(message, null) : ShortDead(message);

    private static Row Short(ReceivedMessage message) =>
        new Row()
            .Add("messageId", message.MessageId.ToString())
            .Add("deliveries", message.DeliveryCount)
            .Add("enqueuedAt", message.EnqueuedAt)
            .Add("group", message.GroupId)
            .Add("body", BodyOf(message));

    public static readonly string[] DeadHeaders = ["messageId", "deliveries", "deadLetteredAt", "reason", "body"];

    private static Row ShortDead(ReceivedMessage message) =>
        new Row()
            .Add("messageId", message.MessageId.ToString())
            .Add("deliveries", message.DeliveryCount)
            .Add("deadLetteredAt", message.DeadLetteredAt)
            .Add("reason", message.DeadLetterReason)
            .Add("body", BodyOf(message));

    public static Row InFull(ReceivedMessage message, string? body) =>
        new Row()
            .Add("messageId", message.MessageId.ToString())
            .Add("status", message.Status == MessageStatus.Unknown ? null : message.Status.ToString())
            .Add("contentType", message.ContentType)
            .Add("deliveries", message.DeliveryCount)
            .Add("enqueuedAt", message.EnqueuedAt)
            .Add("visibleAt", message.VisibleAt)
            .Add("group", message.GroupId)
            .Add("deduplicationId", message.DeduplicationId)
            .Add("priority", message.Priority == 0 ? null : message.Priority)
            .Add("originalMessageId", message.OriginalMessageId?.ToString())
            .Add("reason", message.DeadLetterReason)
            .Add("deadLetteredAt", message.DeadLetteredAt)
            .Add("attributes", message.Attributes.Count == 0 ? null : message.Attributes)
            .Add("body", body ?? BodyOf(message));

    /// <summary>What is no text is told by its size.</summary>
    public static string BodyOf(ReceivedMessage message) => message.IsBodyLoaded ? BodyOf(message.Body) : "(in a blob)";

    public static string BodyOf(BinaryData body) =>
        Utf8.IsValid(body.ToMemory().Span) ? body.ToString() : $"({body.ToMemory().Length} bytes)";
}
