using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace FuncQueue.Benchmarks.ScaleModel;

/// <summary><c>scale-model</c>: how throughput grows with shards, processes and accounts, up to each limit.</summary>
internal static class ModelCommand
{
    public static Command Create()
    {
        var plot = new Option<FileInfo?>("--plot") { Description = "Writes the plot to FILE, as SVG.", HelpName = "FILE" };
        var command = new Command(
            "scale-model",
            "Runs the engine against Table Storage's documented limits, scaled down to a tenth, and shows where they bind."
        )
        {
            plot,
        };
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
                await File.WriteAllTextAsync(file.FullName, ModelPlot.Draw(points));
        });
        return command;
    }

    private static void Show(List<ModelPoint> points)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.Simple }.AddColumns(
            "accounts",
            "shards each",
            "processes",
            "messages/s",
            "arithmetic",
            "reached",
            "entities a message",
            "refused"
        );
        foreach (var column in table.Columns)
            column.RightAligned();
        foreach (var p in points)
            table.AddRow(
                Text(p.Accounts),
                Text(p.Shards),
                Text(p.Processes),
                Text(p.MessagesPerSecond),
                Text(p.Arithmetic),
                (p.MessagesPerSecond / p.Arithmetic).ToString("0 %", CultureInfo.InvariantCulture),
                p.EntitiesPerMessage.ToString("0.000", CultureInfo.InvariantCulture),
                Text(p.Refused)
            );
        AnsiConsole.Write(table);
    }

    private static string Text(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
