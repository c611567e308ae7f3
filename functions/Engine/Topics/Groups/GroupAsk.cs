namespace FuncQueue.Engine.Topics.Groups;

/// <summary>What somebody wants to happen to a group, and who waits for it.</summary>
internal abstract class GroupAsk
{
    private readonly TaskCompletionSource<Failure?> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why it did not happen; null: it did.</summary>
    public Task<Failure?> Completion => completion.Task;

    /// <summary>
    /// Partitions that the answer tells of: their rows must have been as they are taken to be at some instant since the call came.
    /// </summary>
    public IReadOnlyCollection<int> Relies { get; protected set; } = [];

    /// <summary>Whether the whole group must be read anew: it is about what others may have given up, or taken.</summary>
    public bool Looks { get; protected set; }

    /// <summary>Before this instant another process may tell of them too, and otherwise; null: none does.</summary>
    public DateTimeOffset? AnswerAt { get; set; }

    /// <summary>Completes when this process has changed the group again, so that others have something to learn.</summary>
    public Task Changed { get; set; } = Task.CompletedTask;

    /// <summary>An earlier attempt may have been carried out, and what it did been overwritten: what is there does not tell.</summary>
    public bool MayHaveHappened { get; set; }

    /// <summary>Decides what becomes of the group; why nothing does, or null. It may be asked again, of a later state.</summary>
    public abstract Failure? Apply(GroupDraft draft);

    public void Complete(Failure? failure) => completion.TrySetResult(failure);
}
