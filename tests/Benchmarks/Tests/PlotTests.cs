using System.Globalization;
using FuncQueue.Benchmarks.Plots;
using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.ScaleModel;
using FuncQueue.Benchmarks.Scenarios;
using FuncQueue.Tests.Support;
using Shouldly;
using Xunit;

namespace FuncQueue.Benchmarks.Tests;

/// <summary>The plots of the page on performance show the figures of its tables.</summary>
public sealed class PlotTests
{
    private const string Page = "docs/performance.md";

    [Fact]
    public void Throughput_over_backlog_is_drawn_from_the_table_of_scenarios()
    {
        var rows = Rows().Where(cells => cells[0].StartsWith('`')).ToDictionary(cells => cells[0].Trim('`'));
        Check("docs/throughput.svg", BacklogPlot.Draw(RateOf));

        double? RateOf(Run run) =>
            AllFigures.All.FirstOrDefault(f => f.Run == run && rows.ContainsKey(f.Name)) is { } own ? Number(rows[own.Name][2])
            : AllFigures.All.FirstOrDefault(f => f.Peer == run && rows.ContainsKey(f.Name)) is { PeerName: var name } other
                ? Number(rows[other.Name][3].Replace(name!, "", StringComparison.Ordinal))
            : null;
    }

    [Fact]
    public void The_scale_model_is_drawn_from_its_table()
    {
        var points =
            from cells in Rows()
            where cells.Count == 7 && char.IsAsciiDigit(cells[0][0])
            let numbers = cells.Select(Number).ToList()
            select new ModelPoint((int)numbers[0], (int)numbers[1], (int)numbers[2], numbers[3], numbers[6], Refused: 0);
        Check("docs/scale-model.svg", ModelPlot.Draw([.. points]));
    }

    private static void Check(string file, string expected)
    {
        if (GeneratedDocuments.AreWritten)
            File.WriteAllText(Path.Combine(Repository.Root, file), expected);
        else
            Repository.Read(file).ShouldBe(expected, $"{file} does not show what {Page} says. {GeneratedDocuments.Remedy}");
    }

    private static IEnumerable<List<string>> Rows() =>
        Repository
            .Read(Page)
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries).ToList());

    /// <summary>The number at the beginning, which a unit may follow.</summary>
    private static double Number(string text) =>
        double.Parse(text.Trim().Split(' ')[0], NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
