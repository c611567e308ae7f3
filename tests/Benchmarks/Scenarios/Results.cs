using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Scenarios;

/// <summary>A figure as it was measured: medians over the rounds, and how far the rounds lie apart.</summary>
internal sealed record Result(Figure Figure)
{
    public double Value { get; init; }

    /// <summary>Of the value, (most − least) ÷ median.</summary>
    public double Spread { get; init; }

    public double? Peer { get; init; }

    /// <summary>The median of the rounds' ratios.</summary>
    public double? Ratio { get; init; }

    /// <summary>Null where there is no goal, or nothing was measured.</summary>
    public bool? Met { get; init; }

    /// <summary>Why nothing was measured.</summary>
    public string? Skipped { get; init; }
}

/// <summary>What was measured, round by round.</summary>
internal sealed class Results
{
    private readonly Dictionary<Run, List<Measurement>> measured = [];

    public void Add(Run run, Measurement measurement)
    {
        if (!measured.TryGetValue(run, out var rounds))
            measured.Add(run, rounds = []);
        rounds.Add(measurement);
    }

    /// <summary>The median of something over the rounds; null where it was not measured.</summary>
    public double? Of(Run run, Func<Measurement, double> what) =>
        measured.TryGetValue(run, out var rounds) ? Median([.. rounds.Select(what)]) : null;

    public Result Of(Figure figure)
    {
        if (figure.Runs.Select(r => r.Missing()).FirstOrDefault(m => m is not null) is { } missing)
            return new Result(figure) { Skipped = missing };
        List<double> values = [.. measured[figure.Run].Select(figure.Of)];
        List<double>? peers = figure.Peer is { } peer ? [.. measured[peer].Select(figure.OfPeer!)] : null;
        var value = Median(values);
        double? ratio = peers is null ? null : Median([.. values.Zip(peers, (ours, theirs) => ours / theirs)]);
        return new Result(figure)
        {
            Value = value,
            Spread = value == 0 ? 0 : (values.Max() - values.Min()) / value,
            Peer = peers is null ? null : Median(peers),
            Ratio = ratio,
            Met = figure.Goal is { } goal ? goal.IsMet(goal.OfRatio ? ratio!.Value : value) : null,
        };
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
