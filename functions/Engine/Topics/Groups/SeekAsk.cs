namespace FuncQueue.Engine.Topics.Groups;

/// <summary>The group goes on somewhere else.</summary>
/// <param name="group">The group.</param>
/// <param name="offsets">By partition; those that are not named stay.</param>
internal sealed class SeekAsk(QueueName group, IReadOnlyDictionary<int, long> offsets) : GroupAsk
{
    public override Failure? Apply(GroupDraft draft)
    {
        if (draft.Head is null)
            return new Failure.GroupNotFound(group.Value);
        GroupCommits.Seek(draft, offsets);
        Relies = [.. offsets.Keys];
        return null;
    }
}
