using Azure;

namespace FuncQueue.Engine.Topics.Log;

/// <summary>How far a producer has counted in one partition. Immutable.</summary>
/// <param name="Id">The producer.</param>
/// <param name="Epoch">The greatest under which something was stored.</param>
/// <param name="Last">The last number that was stored; -1: nothing was.</param>
/// <param name="Runs">Where the latest of them lie, in their order.</param>
/// <param name="ETag">Of the row; default: there is none.</param>
internal sealed record ProducerState(string Id, long Epoch, long Last, IReadOnlyList<ProducerRun> Runs, ETag ETag)
{
    /// <summary>Most runs that are remembered: what a producer sends alone is one run, however much it is.</summary>
    public const int MaxRuns = 1000;

    public static ProducerState New(string id) => new(id, 0, -1, [], default);

    /// <summary>Why what has this stamp is not stored; null: it comes next.</summary>
    public Failure? WhyNot(ProducerStamp stamp) =>
        Last < 0 ? null
        : stamp.Epoch < Epoch ? new Failure.ProducerFenced(Epoch)
        : stamp.Sequence > Last + 1 ? new Failure.SequenceGap(Last + 1)
        : stamp.Sequence <= Last ? new Failure.Repeated(this)
        : null;

    /// <summary>The state when so many records were stored.</summary>
    /// <param name="stamp">Of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="first">The offset of the first.</param>
    /// <param name="publishedAt">When they were stored.</param>
    public ProducerState After(ProducerStamp stamp, int count, long first, DateTimeOffset publishedAt)
    {
        var runs = Runs.ToList();
        if (runs.Count > 0 && runs[^1] is var last && last.Next == stamp.Sequence && last.Offset + last.Count == first)
            runs[^1] = last with { Count = last.Count + count, PublishedAt = publishedAt };
        else
            runs.Add(new ProducerRun(stamp.Sequence, first, count, publishedAt));
        if (runs.Count > MaxRuns)
            runs.RemoveAt(0);
        return this with { Epoch = Math.Max(Epoch, stamp.Epoch), Last = stamp.Sequence + count - 1, Runs = runs };
    }

    /// <summary>The run that has a number; null: it is so old that it is not remembered.</summary>
    public ProducerRun? Find(long sequence)
    {
        foreach (var run in Runs)
        {
            if (sequence >= run.Sequence && sequence < run.Next)
                return run;
        }

        return null;
    }
}

/// <summary>Consecutive numbers at consecutive offsets.</summary>
/// <param name="PublishedAt">When the last of them was stored.</param>
internal readonly record struct ProducerRun(long Sequence, long Offset, long Count, DateTimeOffset PublishedAt)
{
    /// <summary>The number behind them.</summary>
    public long Next => Sequence + Count;
}
