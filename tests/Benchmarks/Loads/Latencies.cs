using HdrHistogram;

namespace FuncQueue.Benchmarks.Loads;

/// <summary>Latencies of many callers, in microseconds with three digits. Thread-safe.</summary>
internal sealed class Latencies
{
    private const long Longest = 100_000_000;

    private readonly LongConcurrentHistogram histogram = new(1, Longest, 3);

    public void Add(long began) =>
        histogram.RecordValue(Math.Clamp((long)TimeProvider.System.GetElapsedTime(began).TotalMicroseconds, 1, Longest));

    /// <summary>In milliseconds; 0 where nothing was measured.</summary>
    public double Percentile(double percent) => histogram.TotalCount == 0 ? 0 : histogram.GetValueAtPercentile(percent) / 1000.0;
}
