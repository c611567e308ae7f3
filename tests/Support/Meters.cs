using System.Diagnostics.Metrics;

namespace FuncQueue.Tests.Support;

/// <summary>The meters that were made, so that a listener can tell its own from those of other tests.</summary>
public sealed class Meters : IMeterFactory
{
    private readonly List<Meter> made = [];

    public IReadOnlyList<Meter> Made => made;

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        made.Add(meter);
        return meter;
    }

    public void Dispose() => made.ForEach(meter => meter.Dispose());
}
