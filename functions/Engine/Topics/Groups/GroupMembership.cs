namespace FuncQueue.Engine.Topics.Groups;

/// <summary>Who is in a group. Pure.</summary>
internal static class GroupMembership
{
    /// <summary>
    /// By how much leases are longer than was asked for, so that not every read has to renew them: one that leaves as much as was asked for
    /// is young.
    /// </summary>
    private const double Reserve = 1.25;

    /// <summary>Lets a member in, or renews it; false: the group is full. Those whose time is over go.</summary>
    public static bool Join(GroupDraft draft, QueueName name, TimeSpan lease)
    {
        foreach (var gone in draft.Members.Keys.Where(m => m != name && !draft.IsAlive(m)).ToList())
            draft.Remove(gone);
        var isMember = draft.Members.TryGetValue(name, out var there);
        if (!isMember && draft.Members.Count >= Limits.MaxGroupMembers)
            return false;
        if (!isMember || there!.Until < draft.Now + lease)
            draft.Set(new GroupMember(name, draft.Now + (lease * Reserve), there?.Write ?? default, there?.ETag ?? default));
        return true;
    }

    /// <summary>Renews the leases of a member, but for partitions that another waits for.</summary>
    public static void Renew(GroupDraft draft, QueueName name, TimeSpan lease)
    {
        var until = draft.Members[name].Until;
        foreach (var hold in draft.Holds.Where(h => h.Member == name).ToList())
        {
            if (hold.WantedBy is null && hold.Until < draft.Now + lease)
                draft.Set(hold with { Until = until });
        }
    }

    /// <summary>A member goes, and gives back what it holds: to whoever waits for it, if anybody does.</summary>
    public static void Leave(GroupDraft draft, QueueName name)
    {
        draft.Remove(name);
        foreach (var hold in draft.Holds.ToList())
        {
            if (hold.Member == name)
                GroupShares.GiveUp(draft, hold);
            else if (hold.WantedBy == name)
                draft.Set(hold with { WantedBy = null });
        }
    }
}
