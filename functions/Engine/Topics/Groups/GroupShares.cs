namespace FuncQueue.Engine.Topics.Groups;

/// <summary>
/// Who gets which partitions. Whoever has at least two fewer than another waits for one of the other's, and gets it when all that was
/// handed out of it is committed, or when the other's lease ends. So the sum of the squares falls with each change of hands, and shares
/// that differ by one at most stay as they are. Pure.
/// </summary>
internal static class GroupShares
{
    /// <summary>
    /// Gives up the partitions of a member that others wait for, as far as nothing of them is in hand; drops wants that do not count.
    /// </summary>
    /// <param name="draft">The group.</param>
    /// <param name="member">The holder, who reads.</param>
    /// <param name="after">How far it was handed out to the holder.</param>
    public static void HandOver(GroupDraft draft, QueueName member, IReadOnlyDictionary<int, GroupPlace> after)
    {
        foreach (var hold in draft.Holds.Where(h => h.Member == member && h.WantedBy is not null).ToList())
        {
            if (!Counts(draft, hold))
                draft.Set(hold with { WantedBy = null });
            else if (hold.PositionAfter(after) == hold.Committed || hold.Until <= draft.Now)
                GiveUp(draft, hold);
        }
    }

    /// <summary>Takes partitions that are free, up to a member's share.</summary>
    public static void Take(GroupDraft draft, QueueName member)
    {
        var share = ShareOf(draft);
        foreach (var hold in draft.Holds.ToList())
        {
            if (!draft.IsFree(hold) || hold.Member == member)
                continue;
            if (draft.HeldBy(member) >= share)
                return;
            var isPromised = hold.WantedBy is { } other && other != member && draft.IsAlive(other) && draft.HeldBy(other) < share;
            if (!isPromised)
                draft.Set(hold.GivenTo(member, draft.NextHold(), draft.Members[member].Until));
        }
    }

    /// <summary>Waits for partitions of those who have more.</summary>
    public static void Want(GroupDraft draft, QueueName member)
    {
        while (true)
        {
            var own = draft.HeldBy(member) + draft.Holds.Count(h => h.WantedBy == member);
            var largest = draft.Members.Keys.Where(m => m != member).OrderByDescending(Left).ThenBy(m => m.Value).FirstOrDefault();
            if (largest is null || Left(largest) < own + 2)
                return;
            draft.Set(draft.Holds.Last(h => IsUnwanted(h, largest)) with { WantedBy = member });
        }

        int Left(QueueName other) => draft.Holds.Count(h => IsUnwanted(h, other));

        bool IsUnwanted(PartitionHold hold, QueueName holder) =>
            hold.Member == holder && !draft.IsFree(hold) && (hold.WantedBy is not { } by || !draft.IsAlive(by));
    }

    /// <summary>Whether a want counts: who waits is there, and has at least two partitions fewer than the holder.</summary>
    public static bool Counts(GroupDraft draft, PartitionHold hold) =>
        hold is { WantedBy: { } by, Member: { } member }
        && draft.IsAlive(by)
        && draft.HeldBy(by) + 2 <= draft.Holds.Count(h => h.Member == member);

    /// <summary>Most partitions that a member takes by itself.</summary>
    public static int ShareOf(GroupDraft draft) => (draft.Holds.Count + draft.Members.Count - 1) / Math.Max(1, draft.Members.Count);

    /// <summary>A partition goes to whoever waits for it; else it is free.</summary>
    public static void GiveUp(GroupDraft draft, PartitionHold hold)
    {
        var next = hold.WantedBy is { } by && draft.Members.TryGetValue(by, out var there) && there.Until > draft.Now ? there : null;
        draft.Set(hold.GivenTo(next?.Name, draft.NextHold(), next?.Until ?? draft.Now));
    }
}
