using System.Security.Cryptography;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>
/// A group while it is decided what becomes of it: as it was read, with what has been decided so far. Nothing is stored by it.
/// </summary>
internal sealed class GroupDraft
{
    private readonly Func<ulong> newHold;
    private readonly Dictionary<QueueName, GroupMember> members;
    private PartitionHold[] holds;

    /// <param name="before">The group as read.</param>
    /// <param name="now">The present.</param>
    /// <param name="skew">How long after its end others keep away from a lease, against clocks that differ.</param>
    /// <param name="newHold">Makes what tells a hold from others.</param>
    public GroupDraft(GroupState before, DateTimeOffset now, TimeSpan skew, Func<ulong> newHold)
    {
        (Before, Now, Skew, this.newHold) = (before, now, skew, newHold);
        Head = before.Head;
        holds = [.. before.Holds];
        members = new Dictionary<QueueName, GroupMember>(before.Members);
    }

    public GroupState Before { get; }

    public DateTimeOffset Now { get; }

    public TimeSpan Skew { get; }

    /// <summary>Null: there is no such group, or none any more.</summary>
    public GroupHead? Head { get; private set; }

    public IReadOnlyList<PartitionHold> Holds => holds;

    public IReadOnlyDictionary<QueueName, GroupMember> Members => members;

    public GroupState After => new(Head, holds, members);

    /// <summary>A number that is not zero, drawn by chance.</summary>
    public static ulong RandomHold() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

    public ulong NextHold() => newHold();

    /// <summary>Makes the group.</summary>
    /// <param name="starts">Where it begins, by partition.</param>
    public void Create(IReadOnlyList<long> starts)
    {
        Head = new GroupHead(Guid.NewGuid(), Now, 0, Guid.Empty, default);
        holds =
        [
            .. starts.Select(
                (start, partition) =>
                    new PartitionHold
                    {
                        Partition = partition,
                        Committed = start,
                        Hold = NextHold(),
                        Until = Now,
                        WriterSince = Now,
                    }
            ),
        ];
    }

    /// <summary>Removes the group with all that is in it.</summary>
    public void Delete()
    {
        Head = null;
        holds = [];
        members.Clear();
    }

    public void Set(PartitionHold hold) => holds[hold.Partition] = hold;

    public void Set(GroupMember member)
    {
        if (members.TryAdd(member.Name, member))
            MembersChanged();
        else
            members[member.Name] = member;
    }

    public void Remove(QueueName member)
    {
        if (members.Remove(member))
            MembersChanged();
    }

    /// <summary>Whether the time of a member is not over, by a clock that is behind, too.</summary>
    public bool IsAlive(QueueName member) => members.TryGetValue(member, out var there) && there.Until + Skew > Now;

    /// <summary>Whether others may take a partition: nobody holds it, or its lease has ended for every clock.</summary>
    public bool IsFree(PartitionHold hold) => hold.Member is null || hold.Until + Skew <= Now;

    /// <summary>How many partitions a member holds.</summary>
    public int HeldBy(QueueName member) => holds.Count(h => h.Member == member && !IsFree(h));

    private void MembersChanged() => Head = Head! with { Changes = Head.Changes + 1 };
}
