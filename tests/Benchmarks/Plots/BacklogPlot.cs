using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.Scenarios;
using OxyPlot.Axes;

namespace FuncQueue.Benchmarks.Plots;

/// <summary>Throughput over backlog.</summary>
internal static class BacklogPlot
{
    /// <param name="rateOf">Messages a second; null: not measured.</param>
    public static string Draw(Func<Run, double?> rateOf) =>
        LinePlot.Draw(
            "Messages a second, enqueue to ack; from 5,000 on, drains",
            new LogarithmicAxis
            {
                Title = "messages in the queue",
                Minimum = 80,
                Maximum = 65_000,
            },
            new LogarithmicAxis
            {
                Title = "messages/s",
                Minimum = 10,
                Maximum = 20_000,
            },
            from line in AllFigures.OverBacklog
            select new PlotLine(
                line.Name,
                line.Color,
                [
                    .. from point in line.Points
                    let rate = rateOf(point.Run)
                    where rate is not null
                    select ((double)point.Backlog, rate.Value),
                ]
            )
        );
}
