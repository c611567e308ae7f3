using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FuncQueue.Engine;
using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.Queues;

namespace FuncQueue.Functions.Sns.Delivery;

/// <summary>
/// What a queue receives of a subscription without <c>RawMessageDelivery</c>: the message in SNS's envelope of JSON. Queues hold messages
/// as they were published, stamped; the envelope is made when one is received, so that its links are those of whoever receives it.
/// </summary>
internal sealed class Notifications(SigningIdentities identities)
{
    /// <summary>The attribute of messages that are received in an envelope. SQS shows none whose names begin so.</summary>
    public const string StampAttribute = "AWS.Notification";

    /// <summary>The parameter by which a link shows that it was handed out.</summary>
    public const string TokenParameter = "Token";

    public Task<Outcome<SigningIdentity>> IdentityAsync(CancellationToken cancellationToken) => identities.GetAsync(cancellationToken);

    /// <summary>The envelopes of messages; null: this one is received as it is.</summary>
    public async ValueTask<Outcome<Envelope?>> FindAsync(StoredMessage message, SqsAddress address, CancellationToken cancellationToken)
    {
        if (
            !RecordStamp.TryParse(message.Attributes.GetValueOrDefault(StampAttribute), out var stamp)
            || message.Source is not { } source
            || !TopicName.TryParse(source.Topic, out var topic)
        )
            return (Envelope?)null;
        if (!(await identities.GetAsync(cancellationToken)).TryGetValue(out var identity, out var failure))
            return failure;
        var sns = new SnsAddress(address);
        var arn = sns.ArnOf(topic, stamp.Subscription);
        return new Envelope(identity)
        {
            MessageId = stamp.MessageId.ToString("D", CultureInfo.InvariantCulture),
            SequenceNumber = topic.HasFifoSuffix ? SequenceNumbers.Format(source.Offset) : null,
            TopicArn = sns.ArnOf(topic),
            Timestamp = stamp.PublishedAt,
            CertificateUrl = sns.UrlOf(identity.Certificate),
            UnsubscribeUrl =
                $"{address.Base}/?Action=Unsubscribe&SubscriptionArn={Uri.EscapeDataString(arn)}&{TokenParameter}={TokenOf(identity, arn)}",
        };
    }

    /// <summary>Whether a token is that of a subscription.</summary>
    public async Task<Outcome<bool>> IsTokenAsync(string arn, string token, CancellationToken cancellationToken) =>
        (await identities.GetAsync(cancellationToken)).TryGetValue(out var identity, out var failure)
            ? CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(TokenOf(identity, arn)), Encoding.UTF8.GetBytes(token))
            : failure;

    private static string TokenOf(SigningIdentity identity, string arn) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(identity.Secret.Span, Encoding.UTF8.GetBytes("unsubscribe:" + arn)));
}
