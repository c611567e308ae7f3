using OxyPlot;

namespace FuncQueue.Benchmarks.Plots;

/// <summary>A line of a plot, and its entry in the legend; one that is not measured is dashed.</summary>
internal sealed record PlotLine(string Name, OxyColor Color, IReadOnlyList<(double X, double Y)> Points)
{
    public bool IsMeasured { get; init; } = true;
}
