using System.Globalization;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// Where a process writes its marks in a shard. Processes share the places, so there are never more rows than that, whoever comes and goes.
/// </summary>
internal readonly record struct MarkPlace
{
    /// <summary>How many there are, for the live messages and for the dead letters each.</summary>
    public const int Count = 64;

    private readonly uint number;

    private MarkPlace(uint number) => this.number = number;

    public static MarkPlace Of(ProcessId process) => new(process.Value % Count);

    public override string ToString() => number.ToString("x2", CultureInfo.InvariantCulture);
}
