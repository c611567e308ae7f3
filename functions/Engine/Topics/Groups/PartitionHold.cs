using Azure;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>A partition as a group has it: how far the group is, and whose it is.</summary>
internal sealed record PartitionHold
{
    public required int Partition { get; init; }

    /// <summary>The offset that the group goes on at. It falls by a seek only.</summary>
    public required long Committed { get; init; }

    /// <summary>Who holds it; null: nobody.</summary>
    public QueueName? Member { get; init; }

    /// <summary>Another, by chance, with each change of hands and each seek: what was handed out before is told by it.</summary>
    public required ulong Hold { get; init; }

    /// <summary>When the lease ends. Until somebody takes it, the hold goes on.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Who waits for it; null: nobody.</summary>
    public QueueName? WantedBy { get; init; }

    /// <summary>The process that wrote this last.</summary>
    public ProcessId Writer { get; init; }

    /// <summary>Since when no other process has.</summary>
    public DateTimeOffset WriterSince { get; init; }

    /// <summary>The process that alone tells of this partition until <see cref="ServedUntil"/>, so that it need not ask storage.</summary>
    public ProcessId ServedBy { get; init; }

    public DateTimeOffset? ServedUntil { get; init; }

    /// <summary>The random id of the transaction that wrote this.</summary>
    public Guid Write { get; init; }

    public ETag ETag { get; init; }

    /// <summary>The partition in other hands.</summary>
    public PartitionHold GivenTo(QueueName? member, ulong hold, DateTimeOffset until) =>
        this with
        {
            Member = member,
            Hold = hold,
            Until = until,
            WantedBy = null,
        };

    /// <summary>Where a member goes on that says how far it was handed out to it; what belongs to an earlier hold does not count.</summary>
    public long PositionAfter(IReadOnlyDictionary<int, GroupPlace> after) =>
        after.TryGetValue(Partition, out var place) && place.Hold == Hold ? Math.Max(place.Offset, Committed) : Committed;
}
