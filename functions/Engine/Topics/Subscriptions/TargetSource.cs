using Azure.Data.Tables;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary><c>y:{target table}:{topic table}</c>: that a target is subscribed to a topic.</summary>
internal sealed record TargetSource(string TopicTable, TopicName Topic, string Subscription)
{
    public bool IsAlternate => Subscription == SubscriptionRow.AlternateName;

    /// <summary>Null: it is of a later version.</summary>
    public static TargetSource? Read(TableEntity entity) =>
        TopicName.TryParse(entity.GetString("Topic"), out var topic) && entity.GetString("Subscription") is { } name
            ? new TargetSource(entity.RowKey.Split(':')[2], topic, name)
            : null;
}
