using System.Text.Json.Serialization;

namespace FuncQueue.Client.Json;

/// <summary>Everything that is read or written as JSON, generated: nothing is reflected on.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(WireMessages))]
[JsonSerializable(typeof(WireMessage))]
[JsonSerializable(typeof(WireSent))]
[JsonSerializable(typeof(WirePublished))]
[JsonSerializable(typeof(QueueProperties))]
[JsonSerializable(typeof(TopicProperties))]
[JsonSerializable(typeof(SubscriptionProperties))]
[JsonSerializable(typeof(AccessKey))]
[JsonSerializable(typeof(WireAnswers<WireSent>))]
[JsonSerializable(typeof(WireAnswers<WirePublished>))]
[JsonSerializable(typeof(WireAnswers<WireSettled>))]
[JsonSerializable(typeof(WireProblem))]
[JsonSerializable(typeof(WireQueues))]
[JsonSerializable(typeof(WireTopics))]
[JsonSerializable(typeof(WireSubscriptions))]
[JsonSerializable(typeof(WireKeys))]
[JsonSerializable(typeof(WireGroups))]
[JsonSerializable(typeof(List<DeadLetterReasonCount>))]
[JsonSerializable(typeof(WireRecords))]
[JsonSerializable(typeof(WireGroupRead))]
[JsonSerializable(typeof(WireTopicGroups))]
[JsonSerializable(typeof(TopicGroup))]
[JsonSerializable(typeof(QueueSettings))]
[JsonSerializable(typeof(TopicSettings))]
[JsonSerializable(typeof(SubscriptionSettings))]
[JsonSerializable(typeof(KeySettings))]
[JsonSerializable(typeof(KeyRotation))]
[JsonSerializable(typeof(Identity))]
[JsonSerializable(typeof(RedriveRequest))]
[JsonSerializable(typeof(RedriveResult))]
[JsonSerializable(typeof(PurgeRequest))]
[JsonSerializable(typeof(PurgeResult))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class WireJson : JsonSerializerContext;
