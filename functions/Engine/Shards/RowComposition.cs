using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>How messages become rows of a shard, and in which order with other processes.</summary>
internal abstract class RowComposition
{
    /// <summary>Whether messages are in an order over all processes.</summary>
    public virtual bool KeepsOrder => false;

    /// <summary>Most messages of a row.</summary>
    public abstract int MaxInRow { get; }

    /// <summary>Operations of each transaction beside those of its messages.</summary>
    public virtual int Operations => 0;

    /// <summary>Completes when it is worth trying to write.</summary>
    public virtual Task WhenWorthwhileAsync() => Task.CompletedTask;

    /// <summary>Gets to know what <see cref="Compose"/> needs; why it could not, or null.</summary>
    public virtual ValueTask<Failure?> PrepareAsync() => default;

    public abstract List<NewRow> Compose(IEnumerable<PendingEnqueue> messages, DateTimeOffset now);

    /// <summary>Adds to a transaction what the order of rows needs.</summary>
    public virtual void Order(Transaction transaction, List<NewRow> rows) { }

    /// <summary>It was carried out; the number behind which the first row comes.</summary>
    public virtual long Written(WriteResult.Done done, List<NewRow> rows) => 0;

    /// <summary>Whether a conflict means that others wrote first, and the same messages can be written behind theirs.</summary>
    public virtual bool WasOvertaken(WriteOwner owner) => false;

    /// <summary>What there is to see of the order says of a transaction whose answer was lost.</summary>
    public virtual Task<Sight> SeeAsync(List<NewRow> rows) => Task.FromResult(Sight.Unread);

    /// <summary>The number of a message in the order; null: there is none.</summary>
    public virtual long? SequenceNumberOf(MessageId message) => null;
}
