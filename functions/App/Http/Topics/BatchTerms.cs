using FuncQueue.Engine;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Functions.Http.Topics;

/// <summary>What a request says of a batch as a whole, in JSON or beside it.</summary>
internal sealed record BatchTerms(bool IsAtomic, ProducerStamp? Producer)
{
    /// <summary>Faults where something is said that counts for an atomic batch only, and this is none.</summary>
    /// <param name="given">The names of what is said so.</param>
    /// <param name="detail">What is wrong with each.</param>
    /// <param name="faults">Added to.</param>
    public void Check(IEnumerable<string> given, string detail, Faults faults)
    {
        if (IsAtomic)
            return;
        foreach (var name in given)
            faults.Add(name, detail);
        if (Producer is not null)
            faults.Add("Producer-Sequence", "A batch that counts is an atomic one.");
    }

    /// <summary>The records one by one, or, where the batch is atomic, together; the other is null.</summary>
    /// <param name="records">Those that could be read.</param>
    /// <param name="together">What is said of all of them.</param>
    /// <param name="isWhole">Whether that is the batch, so that its rules can be held against it.</param>
    /// <param name="faults">Added to.</param>
    public (IReadOnlyList<PublishRequest> Each, AtomicPublish? Together) Of(
        IReadOnlyList<PublishRequest> records,
        Func<AtomicPublish> together,
        bool isWhole,
        Faults faults
    )
    {
        if (!IsAtomic)
            return (records, null);
        var batch = together() with { Producer = Producer };
        if (isWhole)
            faults.AddRange(TopicRules.Check(batch));
        return ([], batch);
    }
}
