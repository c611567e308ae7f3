namespace FuncQueue.Chaos.Histories;

/// <summary>A change of whom a topic routes to.</summary>
/// <param name="Began">When the first attempt began: from then on it may be in force.</param>
/// <param name="Ended">When it was answered that it is in force.</param>
/// <param name="Queues">By colour, the queues that records are routed to from then on; a colour that is not named: none.</param>
public sealed record RouteChange(DateTimeOffset Began, DateTimeOffset Ended, IReadOnlyDictionary<string, string[]> Queues)
{
    public IReadOnlyList<string> Of(string colour) => Queues.GetValueOrDefault(colour) ?? [];
}
