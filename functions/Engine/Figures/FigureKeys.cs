using System.Globalization;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Figures;

/// <summary>The keys of figures: a partition of their own in the registry's table, since they are written often.</summary>
internal static class FigureKeys
{
    public const string Partition = "figures";

    /// <summary>
    /// Samples of how many hours are kept. The row of an hour is overwritten after as many, so that nothing need ever be removed: one more
    /// than can be asked for, which is the hour that is being written.
    /// </summary>
    public const int Hours = Limits.MaxHistoryHours + 1;

    private const string CountsPrefix = "n:";
    private const string SamplesPrefix = "h:";

    /// <summary>The row of a queue's latest counts.</summary>
    public static string Counts(QueueName queue) => CountsPrefix + queue.Value;

    /// <summary>The rows of the latest counts of all queues from one to another, by name.</summary>
    public static KeyRange CountsOf(QueueName first, QueueName last) => new(Counts(first), Counts(last) + "!");

    /// <summary>The row of the samples of an hour.</summary>
    public static string Samples(QueueName queue, long hour) =>
        string.Create(CultureInfo.InvariantCulture, $"{SamplesPrefix}{queue.Value}:{hour % Hours:d3}");

    /// <summary>The rows of all samples of a queue.</summary>
    public static KeyRange SamplesOf(QueueName queue) => new($"{SamplesPrefix}{queue.Value}:", $"{SamplesPrefix}{queue.Value}:~");

    /// <summary>The minute of an instant, counted from 1970.</summary>
    public static long Minute(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / 60;

    /// <summary>The hour of an instant, counted from 1970.</summary>
    public static long Hour(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / 3600;
}
