namespace FuncQueue.Engine.Topics.Groups;

/// <summary>How far a group is. Pure.</summary>
internal static class GroupCommits
{
    /// <summary>
    /// Commits what tokens say, of each partition the greater offset. What was handed out under another hold than the present one changes
    /// nothing; a lease that has ended does not matter as long as nobody has taken the partition.
    /// </summary>
    /// <param name="draft">The group.</param>
    /// <param name="places">What the tokens say; null: they are not ours.</param>
    public static TokenStatus[] Apply(GroupDraft draft, IReadOnlyList<GroupPlace?> places)
    {
        var statuses = Judge(draft, places);
        for (var i = 0; i < places.Count; i++)
        {
            if (statuses[i] != TokenStatus.Ok)
                continue;
            var (place, hold) = (places[i]!.Value, draft.Holds[places[i]!.Value.Partition]);
            if (place.Offset > hold.Committed)
                draft.Set(hold with { Committed = place.Offset });
        }

        return statuses;
    }

    /// <summary>Whether tokens are of the present holds.</summary>
    public static TokenStatus[] Judge(GroupDraft draft, IReadOnlyList<GroupPlace?> places) =>
        [
            .. places.Select(place =>
                place is not { } told || told.Partition >= draft.Holds.Count ? TokenStatus.Malformed
                : draft.Holds[told.Partition].Hold == told.Hold ? TokenStatus.Ok
                : TokenStatus.Fenced
            ),
        ];

    /// <summary>Goes on somewhere else: whatever was handed out before is not committed any more.</summary>
    /// <param name="draft">The group.</param>
    /// <param name="offsets">By partition; those that are not named stay.</param>
    public static void Seek(GroupDraft draft, IReadOnlyDictionary<int, long> offsets)
    {
        foreach (var (partition, offset) in offsets)
            draft.Set(draft.Holds[partition] with { Committed = offset, Hold = draft.NextHold() });
    }
}
