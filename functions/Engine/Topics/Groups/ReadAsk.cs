using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>A member reads: it commits, joins, renews, gives up what others wait for, takes what is free.</summary>
/// <param name="member">Who reads.</param>
/// <param name="lease">For how long it asks.</param>
/// <param name="commit">What is to be committed; null: a token that is not ours.</param>
/// <param name="after">How far partitions were handed out to it.</param>
/// <param name="starts">Where the group begins if it is not there; null: that is not known yet.</param>
/// <param name="joins">Whether it may join: who waits, and has left meanwhile, is not let in again by that.</param>
/// <param name="clockIsCertain">Otherwise nothing is handed out and nothing ends.</param>
internal sealed class ReadAsk(
    QueueName member,
    TimeSpan lease,
    IReadOnlyList<GroupPlace?> commit,
    IReadOnlyList<GroupPlace?> after,
    IReadOnlyList<long>? starts,
    bool joins,
    Func<bool> clockIsCertain
) : GroupAsk
{
    /// <summary>There is no such group: it must be found out first where it would begin.</summary>
    public bool NeedsStarts { get; private set; }

    /// <summary>Whether the member is in the group.</summary>
    public bool IsMember { get; private set; }

    /// <summary>Whether it has left while it waited.</summary>
    public bool HasLeft => !joins && !IsMember;

    public IReadOnlyList<TokenStatus> Committed { get; private set; } = [];

    public IReadOnlyList<TokenStatus> After { get; private set; } = [];

    /// <summary>What the member holds.</summary>
    public IReadOnlyList<PartitionHold> Own { get; private set; } = [];

    /// <summary>By partition: where the member goes on.</summary>
    public IReadOnlyDictionary<int, long> Positions { get; private set; } = new Dictionary<int, long>();

    /// <summary>Those of them that others wait for.</summary>
    public IReadOnlyList<int> Wanted { get; private set; } = [];

    /// <summary>Whether it may get more soon, or has to give something up.</summary>
    public bool IsUnsettled { get; private set; }

    public override Failure? Apply(GroupDraft draft)
    {
        NeedsStarts = draft.Head is null && starts is null;
        if (NeedsStarts)
            return null;
        if (draft.Head is null)
            draft.Create(starts!);
        var mayShare = clockIsCertain() && (joins || draft.Members.ContainsKey(member));
        if (mayShare && !GroupMembership.Join(draft, member, lease))
            return new Failure.GroupFull();
        IsMember = draft.Members.ContainsKey(member);
        var committed = GroupCommits.Apply(draft, commit);
        if (MayHaveHappened && committed.Contains(TokenStatus.Fenced))
            return new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
        (Committed, After) = (committed, GroupCommits.Judge(draft, after));
        var places = Places();
        if (mayShare)
        {
            GroupShares.HandOver(draft, member, places);
            GroupMembership.Renew(draft, member, lease);
            GroupShares.Take(draft, member);
            GroupShares.Want(draft, member);
        }

        Tell(draft, places);
        return null;
    }

    /// <summary>Of each partition the furthest of the tokens.</summary>
    private Dictionary<int, GroupPlace> Places()
    {
        var places = new Dictionary<int, GroupPlace>();
        for (var i = 0; i < after.Count; i++)
        {
            if (After[i] != TokenStatus.Ok || after[i] is not { } place)
                continue;
            if (!places.TryGetValue(place.Partition, out var there) || there.Offset < place.Offset)
                places[place.Partition] = place;
        }

        return places;
    }

    private void Tell(GroupDraft draft, Dictionary<int, GroupPlace> places)
    {
        Own = clockIsCertain() ? [.. draft.Holds.Where(h => h.Member == member && h.Until > draft.Now)] : [];
        Positions = Own.ToDictionary(h => h.Partition, h => h.PositionAfter(places));
        Wanted = [.. Own.Where(h => GroupShares.Counts(draft, h)).Select(h => h.Partition)];
        var waits = draft.Holds.Any(h => h.WantedBy == member);
        IsUnsettled = waits || Wanted.Count > 0 || Own.Count < draft.Holds.Count / Math.Max(1, draft.Members.Count);
        Looks = Own.Count == 0 || IsUnsettled;
        Relies = [.. Own.Select(h => h.Partition).Concat(Named(commit)).Concat(Named(after)).Distinct()];

        IEnumerable<int> Named(IReadOnlyList<GroupPlace?> tokens) =>
            tokens.OfType<GroupPlace>().Select(p => p.Partition).Where(p => p < draft.Holds.Count);
    }
}
