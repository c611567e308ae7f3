using System.CommandLine;
using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using Spectre.Console;

namespace FuncQueue.Benchmarks.ScaleModel;

/// <summary><c>scale-model</c>: how throughput grows with shards, processes and accounts, up to each limit.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var plot = new Option<FileInfo?>("--plot") { Description = "Writes the plot to FILE, as SVG.", HelpName = "FILE" };
        var command = new Command("scale-model", "Runs the engine against Table Storage's documented limits, scaled down to a tenth, and shows where they bind.") { plot };
        command.SetAction(async parsed =>
        {
            var points = new List<ModelPoint>();
            foreach (var (accounts, shards) in Model.Points)
            {
                Console.WriteLine($"[{points.Count + 1}/{Model.Points.Count}] {accounts} account(s), {shards} shard(s) each");
                points.Add(await Model.MeasureAsync(accounts, shards, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)));
            }

            Show(points);
            if (parsed.GetValue(plot) is { } file)
                await File.WriteAllTextAsync(file.FullName, Draw(points));
        });
        return command;
    }

    private static void Show(List<ModelPoint> points)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.Simple }.AddColumns("accounts", "shards each", "processes", "messages/s", "arithmetic", "reached", "entities a message", "refused");
        foreach (var column in table.Columns)
            column.RightAligned();
        foreach (var p in points)
            table.AddRow(Text(p.Accounts), Text(p.Shards), Text(p.Processes), Text(p.MessagesPerSecond), Text(p.Arithmetic), (p.MessagesPerSecond / p.Arithmetic).ToString("0 %", CultureInfo.InvariantCulture), p.EntitiesPerMessage.ToString("0.000", CultureInfo.InvariantCulture), Text(p.Refused));
        AnsiConsole.Write(table);
    }

    public static string Draw(IReadOnlyList<ModelPoint> points)
    {
        var plot = new PlotModel { Title = "Scale model: limits a tenth of Azure's", Background = OxyColors.White };
        plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "shards of a queue, one process each", Base = 2, MajorGridlineStyle = LineStyle.Dot });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "messages/s, enqueue to ack", Minimum = 0, MajorGridlineStyle = LineStyle.Dot, StringFormat = "#,0" });
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.LeftTop });
        foreach (var accounts in points.GroupBy(p => p.Accounts))
        {
            var color = accounts.Key == 1 ? OxyColors.SteelBlue : OxyColors.SeaGreen;
            var measured = new LineSeries { Title = $"measured, {accounts.Key} account(s)", Color = color, MarkerType = MarkerType.Circle, MarkerFill = color };
            var arithmetic = new LineSeries { Title = $"arithmetic, {accounts.Key} account(s)", Color = color, LineStyle = LineStyle.Dash };
            foreach (var point in accounts)
            {
                measured.Points.Add(new DataPoint(point.Shards, point.MessagesPerSecond));
                arithmetic.Points.Add(new DataPoint(point.Shards, point.Arithmetic));
            }

            plot.Series.Add(measured);
            plot.Series.Add(arithmetic);
        }

        using var svg = new MemoryStream();
        new SvgExporter { Width = 720, Height = 420, UseVerticalTextAlignmentWorkaround = true }.Export(plot, svg);
        return System.Text.Encoding.UTF8.GetString(svg.ToArray());
    }

    private static string Text(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
