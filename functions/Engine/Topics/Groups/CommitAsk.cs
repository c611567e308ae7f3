using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>Commits, beside all else.</summary>
/// <param name="group">The group.</param>
/// <param name="places">Null: a token that is not ours.</param>
internal sealed class CommitAsk(QueueName group, IReadOnlyList<GroupPlace?> places) : GroupAsk
{
    public IReadOnlyList<TokenStatus> Committed { get; private set; } = [];

    public override Failure? Apply(GroupDraft draft)
    {
        if (draft.Head is null)
            return new Failure.GroupNotFound(group.Value);
        Committed = GroupCommits.Apply(draft, places);
        Relies = [.. places.OfType<GroupPlace>().Select(p => p.Partition).Where(p => p < draft.Holds.Count).Distinct()];
        return MayHaveHappened && Committed.Contains(TokenStatus.Fenced)
            ? new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter)
            : null;
    }
}
