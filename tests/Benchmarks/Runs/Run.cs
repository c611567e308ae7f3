using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Runs;

/// <summary>One thing that is measured, once a round: a contender under a load.</summary>
internal sealed class Run(string name, Func<Size, Task<Measurement>> measure)
{
    public string Name => name;

    /// <summary>Why it cannot be measured here, or null.</summary>
    public Func<string?> Missing { get; init; } = () => null;

    /// <summary>Takes minutes and hardly varies: measured in the first round only.</summary>
    public bool Once { get; init; }

    /// <summary>What is counted in <see cref="Measurement.Messages"/>.</summary>
    public string Counted { get; init; } = "messages";

    public Task<Measurement> MeasureAsync(Size size) => measure(size);
}
