using System.CommandLine;
using FuncQueue.Benchmarks.Plots;
using FuncQueue.Benchmarks.Scenarios;
using Spectre.Console;

namespace FuncQueue.Benchmarks.Reports;

/// <summary>The program's options.</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(string[] args) => Create().Parse(args).InvokeAsync();

    public static RootCommand Create()
    {
        var quick = new Option<bool>("--quick") { Description = "One short round: to see roughly." };
        var json = new Option<FileInfo?>("--json")
        {
            Description = "Writes the figures to FILE after each round, and the plot beside it, with the extension svg.",
            HelpName = "FILE",
        };
        var only = new Option<string[]>("--only")
        {
            Description = $"One scenario, or several: {string.Join(", ", AllFigures.All.Select(f => f.Scenario).Distinct())}.",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        var rounds = new Option<int?>("--rounds")
        {
            Description = "How often each contender is measured; 3, with --quick 1.",
            HelpName = "N",
        };
        only.Validators.Add(result =>
        {
            foreach (var name in (result.GetValue(only) ?? []).Where(name => AllFigures.All.All(f => f.Scenario != name)))
                result.AddError($"There is no scenario {name}.");
        });
        var command = new RootCommand(
            "Measures FuncQueue against what its users would pick instead. Starts what it needs. Exit code 1: a goal was not met."
        )
        {
            quick,
            json,
            only,
            rounds,
            ScaleModel.ModelCommand.Create(),
            StartUp.StartUpCommand.Create(),
        };
        command.SetAction(async parsed =>
        {
            var figures = AllFigures
                .All.Where(f => parsed.GetValue(only) is not { Length: > 0 } names || names.Contains(f.Scenario))
                .ToList();
            var size = parsed.GetValue(quick) ? Runs.Size.Quick : Runs.Size.Full;
            var results = await new Benchmark(
                size with
                {
                    Rounds = parsed.GetValue(rounds) ?? size.Rounds,
                },
                Console.WriteLine
            ).MeasureAsync(
                figures,
                async known =>
                {
                    if (parsed.GetValue(json) is not { } file)
                        return;
                    var plot = Path.ChangeExtension(file.FullName, "svg");
                    await JsonReport.WriteAsync(file.FullName, figures.ConvertAll(f => known.Of(f)));
                    await File.WriteAllTextAsync(plot, BacklogPlot.Draw(run => known.Of(run, m => m.Rate)));
                    Console.WriteLine($"Written: {file.FullName} and {plot}");
                }
            );
            var all = figures.ConvertAll(f => results.Of(f));
            Table.Write(AnsiConsole.Console, all);
            return all.Exists(r => r.Met == false) ? 1 : 0;
        });
        return command;
    }
}
