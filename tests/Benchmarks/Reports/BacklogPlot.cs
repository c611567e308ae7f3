using FuncQueue.Benchmarks.Scenarios;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace FuncQueue.Benchmarks.Reports;

/// <summary>Throughput over backlog, as SVG.</summary>
internal static class BacklogPlot
{
    public static string Draw(Results results)
    {
        var plot = new PlotModel { Title = "Throughput over backlog", Subtitle = "messages a second, enqueue to ack; drains at 5,000 and more", Background = OxyColors.White };
        plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "messages in the queue", MajorGridlineStyle = LineStyle.Dot, StringFormat = "#,0" });
        plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Left, Title = "messages/s", MajorGridlineStyle = LineStyle.Dot, StringFormat = "#,0" });
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightMiddle });
        foreach (var (name, color, points) in AllFigures.OverBacklog)
        {
            var line = new LineSeries { Title = name, Color = color, MarkerType = MarkerType.Circle, MarkerFill = color };
            foreach (var (backlog, run) in points)
            {
                if (results.Of(run, m => m.Rate) is { } rate)
                    line.Points.Add(new DataPoint(backlog, rate));
            }

            plot.Series.Add(line);
        }

        using var svg = new MemoryStream();
        new SvgExporter { Width = 720, Height = 420, UseVerticalTextAlignmentWorkaround = true }.Export(plot, svg);
        return System.Text.Encoding.UTF8.GetString(svg.ToArray());
    }
}
