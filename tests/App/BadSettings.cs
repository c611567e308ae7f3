namespace FuncQueue.App.Tests;

/// <summary>Settings with one fault each that a schema can express.</summary>
internal static class BadSettings
{
    public static IEnumerable<string> Each() =>
        [
            """{"type":"lifo"}""",
            """{"state":"stopped"}""",
            """{"state":null}""",
            """{"visibilityTimeoutSeconds":-1}""",
            """{"visibilityTimeoutSeconds":43201}""",
            """{"visibilityTimeoutSeconds":"30"}""",
            """{"visibilityTimeoutSeconds":1.0005}""",
            """{"visibilityTimeoutSeconds":99999999999999999999999999}""",
            """{"visibilityTimeoutSeconds":null}""",
            """{"maxDeliveryCount":0}""",
            """{"maxDeliveryCount":1001}""",
            """{"messageTtlSeconds":0.999}""",
            """{"messageTtlSeconds":31536001}""",
            """{"onExpiry":"explode"}""",
            """{"delaySeconds":-5}""",
            """{"delaySeconds":31536001}""",
            """{"deduplicationWindowSeconds":0}""",
            """{"deduplicationWindowSeconds":604801}""",
            """{"contentBasedDeduplication":"yes"}""",
            """{"shards":0}""",
            """{"shards":33}""",
            """{"retryBackoff":5}""",
            """{"retryBackoff":{"initial":1}}""",
            """{"retryBackoff":{"maxSeconds":-1}}""",
            """{"deadLetterTtlSeconds":0.5}""",
            """{"tags":{"a":1}}""",
            """{"tags":[]}""",
            """{"colour":"red"}""",
        ];
}
