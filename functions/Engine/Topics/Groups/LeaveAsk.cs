namespace FuncQueue.Engine.Topics.Groups;

/// <summary>A member goes.</summary>
internal sealed class LeaveAsk(QueueName group, QueueName member) : GroupAsk
{
    public override Failure? Apply(GroupDraft draft)
    {
        if (draft.Head is null)
            return new Failure.GroupNotFound(group.Value);
        (Looks, Relies) = (true, [.. draft.Holds.Where(h => h.Member == member).Select(h => h.Partition)]);
        GroupMembership.Leave(draft, member);
        return null;
    }
}
