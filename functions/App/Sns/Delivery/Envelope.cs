using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using FuncQueue.Engine.Keys;
using FuncQueue.Functions.Sqs.Messages;

namespace FuncQueue.Functions.Sns.Delivery;

/// <summary>
/// SNS's envelope of a message in JSON, with its members in SNS's order and its white space, signed as SNS signs (developer guide,
/// "Verifying the signatures of Amazon SNS messages").
/// </summary>
internal sealed class Envelope(SigningIdentity identity)
{
    private const string Type = "Notification";

    public required string MessageId { get; init; }

    /// <summary>Null: the topic is none of FIFO.</summary>
    public string? SequenceNumber { get; init; }

    public required string TopicArn { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    public required string CertificateUrl { get; init; }

    public required string UnsubscribeUrl { get; init; }

    /// <summary>The text that is received.</summary>
    /// <param name="subject">Null: it has none.</param>
    /// <param name="version">Of the signature: 2 is with SHA-256, all else with SHA-1.</param>
    public string Write(
        string message,
        string? subject,
        string? version,
        IReadOnlyCollection<KeyValuePair<string, MessageAttribute>> attributes
    )
    {
        var text = new StringBuilder("{\n");
        Add(text, "Type", Type);
        Add(text, "MessageId", MessageId);
        if (SequenceNumber is not null)
            Add(text, "SequenceNumber", SequenceNumber);
        Add(text, "TopicArn", TopicArn);
        if (subject is not null)
            Add(text, "Subject", subject);
        Add(text, "Message", message);
        Add(text, "Timestamp", Instant);
        Add(text, "SignatureVersion", version == "2" ? "2" : "1");
        Add(text, "Signature", Sign(message, subject, version));
        Add(text, "SigningCertURL", CertificateUrl);
        text.Append("  \"UnsubscribeURL\" : ").Append(Quote(UnsubscribeUrl));
        if (attributes.Count > 0)
        {
            var each = attributes.Select(a =>
                $"    {Quote(a.Key)} : {{\"Type\":{Quote(a.Value.DataType)},\"Value\":{Quote(ValueOf(a.Value))}}}"
            );
            text.Append(",\n  \"MessageAttributes\" : {\n").AppendJoin(",\n", each).Append("\n  }");
        }

        return text.Append("\n}").ToString();
    }

    private string Instant => Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void Add(StringBuilder text, string name, string value) =>
        text.Append("  \"").Append(name).Append("\" : ").Append(Quote(value)).Append(",\n");

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    private static string ValueOf(MessageAttribute attribute) =>
        attribute.Bytes is { } bytes ? Convert.ToBase64String(bytes) : attribute.Text!;

    [SuppressMessage("Security", "CA5350", Justification = "Version 1 of the protocol's signature; topics can have version 2.")]
    private string Sign(string message, string? subject, string? version)
    {
        var signed = new StringBuilder();
        AddSigned("Message", message);
        AddSigned("MessageId", MessageId);
        if (subject is not null)
            AddSigned("Subject", subject);
        AddSigned("Timestamp", Instant);
        AddSigned("TopicArn", TopicArn);
        AddSigned("Type", Type);
        var hash = version == "2" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1;
        return Convert.ToBase64String(identity.Sign(Encoding.UTF8.GetBytes(signed.ToString()), hash));

        void AddSigned(string name, string value) => signed.Append(name).Append('\n').Append(value).Append('\n');
    }
}
