using FuncQueue.Functions.Sqs.SigV4;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>A service of AWS that is served at the one address: SQS, SNS, and as much of STS as tells callers who they are.</summary>
/// <param name="Name">As in the scope of signatures.</param>
/// <param name="Version">As the parameter <c>Version</c> of its Query protocol.</param>
/// <param name="Namespace">Of its answers in XML.</param>
internal sealed record AwsService(string Name, string Version, string Namespace)
{
    public static AwsService Sqs { get; } = new("sqs", "2012-11-05", "http://queue.amazonaws.com/doc/2012-11-05/");

    public static AwsService Sns { get; } = new("sns", "2010-03-31", "http://sns.amazonaws.com/doc/2010-03-31/");

    public static AwsService Sts { get; } = new("sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/");

    private static readonly AwsService[] All = [Sqs, Sns, Sts];

    /// <summary>
    /// The service that a request of the Query protocol is for: the one that its signature is scoped to, so that it is good for no other;
    /// else the one of its version; else the one whose action it names.
    /// </summary>
    /// <param name="actionsOf">Whether a service has an action of this name.</param>
    public static AwsService Of(
        HttpRequest request,
        IReadOnlyDictionary<string, string> parameters,
        Func<AwsService, string, bool> actionsOf
    )
    {
        if (RequestSignature.Read(request).Signature is { } signature)
            return Array.Find(All, s => s.Name == signature.Credential.Service) ?? Sqs;
        if (Array.Find(All, s => s.Version == parameters.GetValueOrDefault("Version")) is { } versioned)
            return versioned;
        // Both have AddPermission and RemovePermission.
        if (parameters.ContainsKey("TopicArn"))
            return Sns;
        var action = parameters.GetValueOrDefault("Action", "");
        return Array.Find(All, s => actionsOf(s, action)) ?? Sqs;
    }
}
