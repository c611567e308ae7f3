namespace FuncQueue.Engine.Tests.UncertainWrites;

/// <summary>The settlements that the tests of lost answers go through, by name.</summary>
internal static class Settlements
{
    public static Settlement Of(string settlement) =>
        settlement switch
        {
            "ack" => new Settlement.Ack(),
            "nack" => new Settlement.Nack(TimeSpan.FromMinutes(10), "again"),
            "release" => new Settlement.Release(),
            "extend" => new Settlement.Extend(TimeSpan.FromMinutes(10)),
            _ => new Settlement.DeadLetter("enough"),
        };
}
