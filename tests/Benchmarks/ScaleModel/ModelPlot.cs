using FuncQueue.Benchmarks.Plots;
using OxyPlot;
using OxyPlot.Axes;

namespace FuncQueue.Benchmarks.ScaleModel;

/// <summary>What was measured on the model, beside what arithmetic says.</summary>
internal static class ModelPlot
{
    public static string Draw(IReadOnlyList<ModelPoint> points) =>
        LinePlot.Draw(
            "Scale model: limits a tenth of Azure's",
            new LogarithmicAxis
            {
                Title = "shards of a queue, one process each",
                Base = 2,
                Minimum = 0.9,
                Maximum = 8.9,
            },
            new LinearAxis { Title = "messages/s, enqueue to ack", Minimum = 0 },
            points.GroupBy(p => p.Accounts).SelectMany(Lines)
        );

    private static IEnumerable<PlotLine> Lines(IGrouping<int, ModelPoint> accounts)
    {
        var color = accounts.Key == 1 ? OxyColors.SteelBlue : OxyColors.SeaGreen;
        var name = accounts.Key == 1 ? "1 account" : $"{accounts.Key} accounts";
        return
        [
            new PlotLine($"measured, {name}", color, [.. accounts.Select(p => ((double)p.Shards, p.MessagesPerSecond))]),
            new PlotLine($"arithmetic, {name}", color, [.. accounts.Select(p => ((double)p.Shards, p.Arithmetic))]) { IsMeasured = false },
        ];
    }
}
