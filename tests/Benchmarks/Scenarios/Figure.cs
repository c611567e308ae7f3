using FuncQueue.Benchmarks.Runs;
using FuncQueue.Benchmarks.Workers;

namespace FuncQueue.Benchmarks.Scenarios;

/// <summary>What a figure is to be: at least or at most so much, as a ratio to a peer's or by itself.</summary>
internal sealed record Goal(bool AtLeast, double Bound, bool OfRatio)
{
    public static Goal Times(double least) => new(true, least, true);

    public static Goal Part(double most) => new(false, most, true);

    public static Goal Most(double most) => new(false, most, false);

    public bool IsMet(double value) => AtLeast ? value >= Bound : value <= Bound;

    public override string ToString() => FormattableString.Invariant($"{(AtLeast ? '≥' : '≤')} {Bound:0.###}{(OfRatio ? "×" : "")}");
}

/// <summary>One figure of a scenario: something measured in a run, perhaps against a peer's.</summary>
/// <param name="Of">What of the run; likewise <c>OfPeer</c>.</param>
/// <param name="Goal">Null: told for orientation.</param>
internal sealed record Figure(string Name, string What, string Unit, Run Run, Func<Measurement, double> Of, Goal? Goal)
{
    public Run? Peer { get; init; }

    public Func<Measurement, double>? OfPeer { get; init; }

    public string? PeerName { get; init; }

    public IEnumerable<Run> Runs => Peer is null || Peer == Run ? [Run] : [Run, Peer];

    /// <summary>The scenario that it belongs to.</summary>
    public string Scenario => Name.Split('/')[0];
}
