using System.Security.Cryptography.X509Certificates;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sns;

/// <summary>
/// ARNs of topics and subscriptions, <c>arn:aws:sns:us-east-1:000000000000:orders</c> and
/// <c>arn:aws:sns:us-east-1:000000000000:orders:NAME</c>, and the links of notifications.
/// </summary>
/// <param name="Queues">The addresses of queues, of the same account and region.</param>
internal sealed record SnsAddress(SqsAddress Queues)
{
    /// <summary>What the path of certificates begins with.</summary>
    public const string CertificatePath = "sns";

    private const string CertificatePrefix = "SimpleNotificationService-";
    private const string CertificateSuffix = ".pem";

    public string AccountId => Queues.AccountId;

    private string Prefix => $"arn:aws:sns:{Queues.Region}:{Queues.AccountId}:";

    public string ArnOf(TopicName topic) => Prefix + topic.Value;

    public string ArnOf(TopicName topic, string subscription) => $"{Prefix}{topic.Value}:{subscription}";

    public string ArnOf(SubscriptionInfo subscription) => ArnOf(subscription.Topic, subscription.Name.Value);

    /// <summary>The topic of an ARN of this account and region; null for anything else.</summary>
    public TopicName? ParseTopic(string arn) =>
        arn.StartsWith(Prefix, StringComparison.Ordinal) && TopicName.TryParse(arn[Prefix.Length..], out var topic) ? topic : null;

    /// <summary>The topic and name of a subscription's ARN of this account and region; null for anything else.</summary>
    public (TopicName Topic, QueueName Subscription)? ParseSubscription(string arn) =>
        arn.StartsWith(Prefix, StringComparison.Ordinal)
        && arn[Prefix.Length..].Split(':') is [var topic, var name]
        && TopicName.TryParse(topic, out var topicName)
        && QueueName.TryParse(name, out var subscription)
            ? (topicName, subscription)
            : null;

    /// <summary>Why an ARN of a topic or subscription names none of these: it is of another region or account. Null: not that.</summary>
    public string? Foreign(string arn) =>
        arn.Split(':') is ["arn", var partition, "sns", var region, var account, var name, ..]
            ? Queues.Foreign($"arn:{partition}:sqs:{region}:{account}:{name}")?.Replace("queues", "topics", StringComparison.Ordinal)
            : null;

    /// <summary>The file name of a certificate; it changes with the certificate.</summary>
    public static string FileOf(X509Certificate2 certificate) =>
        CertificatePrefix + certificate.Thumbprint.ToLowerInvariant() + CertificateSuffix;

    public string UrlOf(X509Certificate2 certificate) => $"{Queues.Base}/{CertificatePath}/{FileOf(certificate)}";
}
