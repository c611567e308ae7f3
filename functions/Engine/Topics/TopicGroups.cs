using FuncQueue.Engine.Topics.Groups;

namespace FuncQueue.Engine.Topics;

/// <summary>
/// Groups of readers that share the partitions of a topic: one member at a time holds a partition, what was committed is not handed out
/// again to the group, and what was not is. Thread-safe; every expected failure is a value of <see cref="Failure"/>.
/// </summary>
public sealed class TopicGroups
{
    private readonly GroupCalls calls;

    internal TopicGroups(GroupCalls calls) => this.calls = calls;

    /// <summary>
    /// Commits, joins or renews, and fetches, for one member; the group is made if it is not there. No records when none came within the
    /// wait, or none of the partitions is the member's.
    /// </summary>
    public async Task<Outcome<GroupRecords>> ReadAsync(
        TopicName topic,
        QueueName group,
        GroupReadRequest request,
        CancellationToken cancellationToken
    ) =>
        TopicRules.Check(request) is { Count: > 0 } faults
            ? new Failure.Invalid(faults)
            : await calls.ReadAsync(topic, group, request, cancellationToken);

    /// <summary>
    /// What the group is done with, as its tokens say; what became of each, in their order. Of a fenced one nothing is committed.
    /// </summary>
    public Task<Outcome<IReadOnlyList<TokenStatus>>> CommitAsync(
        TopicName topic,
        QueueName group,
        IReadOnlyList<string> tokens,
        CancellationToken cancellationToken
    ) => calls.CommitAsync(topic, group, tokens, cancellationToken);

    /// <summary>A member goes: what it holds is free for others at once, and its tokens are fenced.</summary>
    public Task<Outcome<bool>> LeaveAsync(TopicName topic, QueueName group, QueueName member, CancellationToken cancellationToken) =>
        calls.LeaveAsync(topic, group, member, cancellationToken);

    /// <summary>
    /// The group goes on somewhere else, whatever it has committed; of offsets, in the partitions that are named. What was handed out
    /// before is fenced.
    /// </summary>
    public Task<Outcome<bool>> SeekAsync(TopicName topic, QueueName group, SubscriptionStart to, CancellationToken cancellationToken) =>
        calls.SeekAsync(topic, group, to, cancellationToken);

    /// <summary>The group of this name, or, without one, all, with how far they are, as it is in storage.</summary>
    public Task<Outcome<IReadOnlyList<TopicGroup>>> GetAsync(TopicName topic, QueueName? group, CancellationToken cancellationToken) =>
        calls.GetAsync(topic, group, cancellationToken);

    /// <summary>Removes the group and forgets how far it was; false when there is none.</summary>
    public Task<Outcome<bool>> DeleteAsync(TopicName topic, QueueName group, CancellationToken cancellationToken) =>
        calls.DeleteAsync(topic, group, cancellationToken);
}
