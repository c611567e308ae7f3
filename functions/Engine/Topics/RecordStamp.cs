using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FuncQueue.Engine.Topics;

/// <summary>
/// What an attribute tells of a message's record where its subscription asks for it (<see cref="SubscriptionRequest.StampAs"/>): as text,
/// the record's id, when it was published, and the subscription.
/// </summary>
/// <param name="MessageId">Of the record, which publishing has answered; a message in a queue has another.</param>
public sealed record RecordStamp(Guid MessageId, DateTimeOffset PublishedAt, string Subscription)
{
    public static bool TryParse(string? text, [NotNullWhen(true)] out RecordStamp? stamp)
    {
        stamp =
            text?.Split(' ', 3) is [var id, var at, { Length: > 0 } subscription]
            && Guid.TryParseExact(id, "D", out var messageId)
            && DateTimeOffset.TryParseExact(at, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var publishedAt)
                ? new RecordStamp(messageId, publishedAt, subscription)
                : null;
        return stamp is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MessageId:D} {PublishedAt:O} {Subscription}");
}
