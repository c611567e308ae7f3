using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace FuncQueue.Benchmarks.Plots;

/// <summary>Lines over an axis whose marks double or grow tenfold, as SVG; the legend stands below.</summary>
internal static class LinePlot
{
    private const int Width = 720;
    private const int Height = 440;

    public static string Draw(string title, Axis across, Axis up, IEnumerable<PlotLine> lines)
    {
        var plot = new PlotModel
        {
            Title = title,
            TitleFontSize = 16,
            Background = OxyColors.White,
            Padding = new OxyThickness(12, 12, 28, 12),
        };
        Add(plot, across, AxisPosition.Bottom);
        Add(plot, up, AxisPosition.Left);
        plot.Legends.Add(
            new Legend
            {
                LegendPlacement = LegendPlacement.Outside,
                LegendPosition = LegendPosition.BottomCenter,
                LegendOrientation = LegendOrientation.Horizontal,
                LegendItemSpacing = 24,
                LegendLineSpacing = 6,
                LegendMargin = 12,
            }
        );
        foreach (var line in lines)
            plot.Series.Add(SeriesOf(line));
        using var svg = new MemoryStream();
        new SvgExporter
        {
            Width = Width,
            Height = Height,
            UseVerticalTextAlignmentWorkaround = true,
            TextMeasurer = new TextSize(),
        }.Export(plot, svg);
        // Without the mark of its byte order, as the other files of the repository.
        return Encoding.UTF8.GetString(svg.ToArray()).TrimStart('\uFEFF') + "\n";
    }

    private static void Add(PlotModel plot, Axis axis, AxisPosition position)
    {
        axis.Position = position;
        axis.MajorGridlineStyle = LineStyle.Dot;
        axis.StringFormat = "#,0";
        axis.AxisTitleDistance = 10;
        plot.Axes.Add(axis);
    }

    private static LineSeries SeriesOf(PlotLine line)
    {
        var series = new LineSeries { Title = line.Name, Color = line.Color };
        if (line.IsMeasured)
            (series.MarkerType, series.MarkerFill) = (MarkerType.Circle, line.Color);
        else
            series.LineStyle = LineStyle.Dash;
        series.Points.AddRange(line.Points.Select(point => new DataPoint(point.X, point.Y)));
        return series;
    }
}
