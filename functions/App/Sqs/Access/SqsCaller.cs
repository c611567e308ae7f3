using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs;

/// <summary>Who calls: an access key with its rights, or somebody unsigned.</summary>
/// <param name="KeyId">The id of the access key; null for an unsigned request.</param>
internal sealed record SqsCaller(string? KeyId, SqsRights Rights, QueuePattern Queues)
{
    /// <summary>The caller of an unsigned request, where those are taken.</summary>
    public static SqsCaller Unsigned { get; } = new(null, SqsRights.All, QueuePattern.Any);

    public bool Has(SqsRights rights) => (Rights & rights) == rights;

    public bool MayReach(QueueName queue) => Queues.Matches(queue);
}
