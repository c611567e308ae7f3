namespace FuncQueue.Engine.Tests.Model;

/// <summary>Two queues, and what happens to them.</summary>
/// <param name="RowSize">Most messages in a row: small ones spread few messages over many rows.</param>
/// <param name="Queues">The settings that the two queues are created with.</param>
public sealed record History(int RowSize, QueueSettingsChange[] Queues, Operation[] Operations)
{
    /// <summary>As C#, to be kept as a regression case.</summary>
    public override string ToString() =>
        $"""
            new History({RowSize}, [{CSharpText.Of(Queues[0])}, {CSharpText.Of(Queues[1])}],
            [
            {string.Join('\n', Operations.Select(o => $"    {CSharpText.Of(o)},"))}
            ])
            """;
}
