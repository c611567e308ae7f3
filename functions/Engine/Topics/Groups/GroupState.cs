namespace FuncQueue.Engine.Topics.Groups;

/// <summary>All rows of a group. Immutable.</summary>
/// <param name="Head">Null: there is no such group.</param>
/// <param name="Holds">By partition; empty without a group.</param>
internal sealed record GroupState(GroupHead? Head, IReadOnlyList<PartitionHold> Holds, IReadOnlyDictionary<QueueName, GroupMember> Members)
{
    public static readonly GroupState None = new(null, [], new Dictionary<QueueName, GroupMember>());
}
