using System.Text.Json.Serialization;
using FuncQueue.Benchmarks.Contenders;

namespace FuncQueue.Benchmarks.Workers;

/// <summary>What was measured in one run. Latencies are in milliseconds.</summary>
internal sealed record Measurement
{
    public required double Seconds { get; init; }

    /// <summary>Enqueued, or, where there are consumers, acknowledged.</summary>
    public required long Messages { get; init; }

    public double EnqueueP50 { get; init; }

    public double EnqueueP99 { get; init; }

    public double AckP99 { get; init; }

    /// <summary>Of the bare table inserts of <see cref="LoadKind.Lone"/>.</summary>
    public double BareP50 { get; init; }

    public StorageUse Use { get; init; }

    /// <summary>Processor time of the workers.</summary>
    public double ProcessorMicroseconds { get; init; }

    /// <summary>Bytes that the workers allocated.</summary>
    public long Allocated { get; init; }

    /// <summary>Of the worker's working set over its start, in MiB.</summary>
    public double MemoryGrowth { get; init; }

    /// <summary>A figure that is none of the above.</summary>
    public double Other { get; init; }

    [JsonIgnore]
    public double Rate => Messages / Seconds;

    [JsonIgnore]
    public double RequestsPerMessage => Use.Requests / (double)Messages;

    [JsonIgnore]
    public double AllocatedPerMessage => Allocated / (double)Messages;

    [JsonIgnore]
    public double ConflictsPerWrite => Use.Writes == 0 ? 0 : Use.Conflicts / (double)Use.Writes;

    /// <summary>Of several workers at once.</summary>
    public static Measurement Sum(IReadOnlyList<Measurement> all) =>
        all.Count == 1
            ? all[0]
            : new()
            {
                Seconds = all.Max(m => m.Seconds),
                Messages = all.Sum(m => m.Messages),
                EnqueueP50 = all.Max(m => m.EnqueueP50),
                EnqueueP99 = all.Max(m => m.EnqueueP99),
                AckP99 = all.Max(m => m.AckP99),
                Use = new StorageUse(all.Sum(m => m.Use.Requests), all.Sum(m => m.Use.Writes), all.Sum(m => m.Use.Conflicts)),
                ProcessorMicroseconds = all.Sum(m => m.ProcessorMicroseconds),
                Allocated = all.Sum(m => m.Allocated),
                MemoryGrowth = all.Sum(m => m.MemoryGrowth),
            };
}
