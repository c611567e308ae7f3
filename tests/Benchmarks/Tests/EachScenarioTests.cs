using FuncQueue.Benchmarks.Plots;
using FuncQueue.Benchmarks.Reports;
using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.Scenarios;
using Shouldly;
using Xunit;

namespace FuncQueue.Benchmarks.Tests;

/// <summary>Each scenario once, tiny, so that it goes on working. No figure is held against its goal here: machines are busy.</summary>
public sealed class EachScenarioTests
{
    public static TheoryData<string> Scenarios => [.. AllFigures.All.Select(f => f.Scenario).Distinct()];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Each_scenario_yields_its_figures(string scenario)
    {
        var figures = AllFigures.All.Where(f => f.Scenario == scenario).ToList();
        var reports = new List<string>();
        var results = await new Benchmark(Size.Tiny, _ => { }).MeasureAsync(
            figures,
            known =>
            {
                reports.Add(JsonReport.Text(figures.ConvertAll(f => known.Of(f))));
                return Task.CompletedTask;
            }
        );
        reports.Count.ShouldBe(Size.Tiny.Rounds);
        var all = figures.ConvertAll(f => results.Of(f));
        foreach (var result in all.Where(r => r.Skipped is null))
        {
            double.IsFinite(result.Value).ShouldBeTrue(result.Figure.Name);
            (result.Ratio is null || double.IsFinite(result.Ratio.Value)).ShouldBeTrue(result.Figure.Name);
        }

        // What is known after the last round is all there is.
        JsonReport.Text(all).ShouldBe(reports[^1]);
        reports[^1].ShouldContain($"\"name\": \"{figures[0].Name}\"");
        BacklogPlot.Draw(run => results.Of(run, m => m.Rate)).ShouldContain("</svg>");
    }
}
