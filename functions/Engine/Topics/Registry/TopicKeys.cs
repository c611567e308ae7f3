using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Registry;

/// <summary>The registry's rows about topics, in the same partition as those about queues.</summary>
internal static class TopicKeys
{
    public const string TopicPrefix = "o:";
    public const string MarkPrefix = "l:";
    public const string SubscriptionPrefix = "s:";
    public const string VersionPrefix = "v:";
    public const string TargetPrefix = "y:";

    /// <summary>Marks of topics with something to forward, or to remove.</summary>
    public static readonly KeyRange Marks = new(MarkPrefix, MarkPrefix + "~");

    public static string Partition => RegistryKeys.Partition;

    public static string Topic(string name) => TopicPrefix + name;

    /// <summary>Topics whose names begin so.</summary>
    public static KeyRange Topics(string prefix) => new(Topic(prefix), Topic(prefix) + "~");

    public static string Mark(string table) => MarkPrefix + table;

    /// <summary>The version of a topic's subscriptions.</summary>
    public static string Version(string table) => VersionPrefix + table;

    public static string Subscription(string table, string name) => $"{SubscriptionPrefix}{table}:{name}";

    public static KeyRange SubscriptionsOf(string table) => new(Subscription(table, ""), Subscription(table, "~"));

    /// <summary>That a topic is subscribed to by a queue or topic: by its table, so that those of one are found together.</summary>
    public static string Target(string targetTable, string topicTable) => $"{TargetPrefix}{targetTable}:{topicTable}";

    public static KeyRange SourcesOf(string targetTable) => new(Target(targetTable, ""), Target(targetTable, "~"));
}
