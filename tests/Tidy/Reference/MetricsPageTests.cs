using System.Diagnostics.Metrics;
using FuncQueue.Engine;
using FuncQueue.Functions.Timers;

namespace FuncQueue.Tidy.Tests.Reference;

/// <summary>The page of metrics has every instrument with its unit.</summary>
public sealed class MetricsPageTests
{
    [Fact]
    public void The_page_lists_what_is_measured()
    {
        var found = new List<Instrument>();
        using var meters = new Meters();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (meters.Made.Contains(instrument.Meter))
                    found.Add(instrument);
            },
        };
        listener.Start();
        _ = new EngineMetrics(meters, TimeProvider.System);
        _ = new TimerMetrics(meters);
        var rows =
            from instrument in found
            orderby instrument.Name
            select (IReadOnlyList<string>)
                [$"`{instrument.Name}`", KindOf(instrument), (instrument.Unit ?? "").Trim('{', '}'), instrument.Description ?? ""];
        GeneratedText.Check("docs/reference/metrics.md", "metrics", GeneratedText.Table(["metric", "kind", "unit", "of what"], rows));
    }

    private static string KindOf(Instrument instrument) =>
        instrument.GetType().Name switch
        {
            var name when name.StartsWith("Counter", StringComparison.Ordinal) => "counter",
            var name when name.StartsWith("Histogram", StringComparison.Ordinal) => "histogram",
            var name when name.StartsWith("ObservableGauge", StringComparison.Ordinal) => "gauge",
            var name => throw new NotSupportedException(name),
        };
}
