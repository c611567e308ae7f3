using System.Globalization;
using FuncQueue.Benchmarks.Runs;

namespace FuncQueue.Benchmarks.Scenarios;

/// <summary>Measures what figures are made of, round by round, contenders in turn.</summary>
internal sealed class Benchmark(Size size, Action<string> progress)
{
    /// <param name="figures">What is wanted.</param>
    /// <param name="afterRound">Told what is known after each round, so that a long measurement that is stopped is not lost.</param>
    public async Task<Results> MeasureAsync(IReadOnlyList<Figure> figures, Func<Results, Task> afterRound)
    {
        var runs = figures.SelectMany(f => f.Runs).Distinct().ToList();
        foreach (var missing in runs.Select(r => r.Missing()).OfType<string>().Distinct())
            progress($"Skipped: {missing}");
        runs.RemoveAll(r => r.Missing() is not null);
        var results = new Results();
        var (done, all) = (0, runs.Sum(r => r.Once ? 1 : size.Rounds));
        for (var round = 1; round <= size.Rounds; round++)
        {
            foreach (var run in runs.Where(r => round == 1 || !r.Once))
            {
                progress($"[{++done}/{all}] round {round}: {run.Name}");
                var measured = await run.MeasureAsync(size);
                results.Add(run, measured);
                progress(
                    FormattableString.Invariant($"        {measured.Rate:#,0} {run.Counted}/s")
                        + (
                            measured.Use.Requests > 0
                                ? string.Create(
                                    CultureInfo.InvariantCulture,
                                    $", each {measured.RequestsPerMessage:0.0000} storage requests and "
                                        + $"{measured.ProcessorMicroseconds / measured.Messages:0} µs of processor time"
                                )
                                : ""
                        )
                );
            }

            await afterRound(results);
        }

        return results;
    }
}
