using System.Globalization;
using FuncQueue.Benchmarks.Scenarios;
using Spectre.Console;

namespace FuncQueue.Benchmarks.Reports;

/// <summary>The figures on the terminal.</summary>
internal static class Table
{
    public static void Write(IAnsiConsole console, IReadOnlyList<Result> results)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.Simple }.AddColumns(
            "scenario",
            "figure",
            "±",
            "peer",
            "its figure",
            "ratio",
            "goal",
            ""
        );
        foreach (var column in new[] { 1, 2, 4, 5, 6 })
            table.Columns[column].RightAligned();
        foreach (var result in results)
        {
            var figure = result.Figure;
            if (result.Skipped is { } reason)
                table.AddRow(figure.Name, "skipped", "", Markup.Escape(reason), "", "", figure.Goal?.ToString() ?? "", "");
            else
                table.AddRow(
                    figure.Name,
                    $"{Number(result.Value)} {figure.Unit}",
                    $"{result.Spread / 2:0%}",
                    figure.PeerName ?? "",
                    result.Peer is { } peer ? Number(peer) : "",
                    result.Ratio is { } ratio ? Number(ratio) + "×" : "",
                    figure.Goal?.ToString() ?? "",
                    result.Met switch
                    {
                        true => "[green]met[/]",
                        false => "[red]not met[/]",
                        null => "",
                    }
                );
        }

        // Lines are not cut where there is no terminal.
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = 200;
        console.Write(table);
    }

    /// <summary>Three digits, or all before the point.</summary>
    public static string Number(double value) =>
        value switch
        {
            >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
            >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
            _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
        };
}
