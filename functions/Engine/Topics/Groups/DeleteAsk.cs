namespace FuncQueue.Engine.Topics.Groups;

/// <summary>The group goes, and with it how far it was.</summary>
internal sealed class DeleteAsk : GroupAsk
{
    private Guid? meant;

    /// <summary>Whether it was there.</summary>
    public bool Deleted { get; private set; }

    public override Failure? Apply(GroupDraft draft)
    {
        // What is there now came after it.
        if (draft.Head is null || (meant is { } id && id != draft.Head.Id))
        {
            Deleted = MayHaveHappened;
            return null;
        }

        (meant, Deleted) = (draft.Head.Id, true);
        draft.Delete();
        return null;
    }
}
