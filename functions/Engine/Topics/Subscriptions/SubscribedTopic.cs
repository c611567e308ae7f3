using Azure.Data.Tables;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Registry;

namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>A topic's generation whose subscriptions are to change, and all that takes part in it.</summary>
internal sealed record SubscribedTopic
{
    public required EngineContext Context { get; init; }

    public required TopicRecord Topic { get; init; }

    public required SubscriptionTable Subscriptions { get; init; }

    public required TopicPartitions Partitions { get; init; }

    public required Cursors Cursors { get; init; }

    public required IForwarding Forwarding { get; init; }

    /// <summary>Says in the registry that there is something to forward, or soon will be; why it could not, or null.</summary>
    public async Task<Failure?> MarkAsync() =>
        await Subscriptions.Registry.CommitAsync(TopicMark.Touch(Topic, Context.Now)) is Commit.Failed(var fault)
            ? fault.ToReadFailure()
            : null;

    public Task<SubscriptionSnapshot> ReadAsync(CancellationToken cancellationToken) =>
        Subscriptions.ReadAsync(Topic.Table, cancellationToken);

    /// <summary>
    /// Carries out a change of the registry that is part of the end of a snapshot, so that of all that begin with one snapshot one
    /// succeeds; false when it has not been carried out and never will be, or may be sent again all the same, since that counts as well.
    /// </summary>
    /// <param name="isDone">Whether the change shows, if the answer was lost.</param>
    public async Task<Outcome<bool>> TryCommitAsync(IReadOnlyList<TableTransactionAction> change, Func<SubscriptionSnapshot, bool> isDone)
    {
        switch (await Subscriptions.Registry.CommitAsync(change))
        {
            case Commit.Done:
                return true;
            case Commit.Failed({ Kind: FaultKind.Conflict }):
                return false;
            case Commit.Failed({ MayHaveHappened: true } lost):
                try
                {
                    return isDone(await ReadAsync(CancellationToken.None));
                }
                catch (StorageFaultException)
                {
                    return new Failure.OutcomeUnknown(lost.RetryAfter);
                }

            case Commit.Failed(var fault):
                return fault.ToReadFailure();
            default:
                throw new InvalidOperationException("An unknown end of a commit.");
        }
    }

    /// <summary>
    /// Whatever is published from now on is routed by this version or a later one; the next offset of each partition.
    /// </summary>
    public async Task<Outcome<long[]>> RaiseAsync(long version)
    {
        try
        {
            if (!(await Partitions.RaiseAsync(version)).TryGetValue(out var next, out var failure))
                return InPart(failure);
            return await Forwarding.LearnAsync(version, CancellationToken.None) is { } unknown ? InPart(unknown) : next;
        }
        catch (StorageFaultException exception)
        {
            return new Failure.OutcomeUnknown(exception.Fault.RetryAfter);
        }
    }

    /// <summary>The failure of a change that was carried out in part: that nothing happened is not true of it.</summary>
    public static Failure InPart(Failure failure) => Queues.QueueCalls.InPart(failure);
}
