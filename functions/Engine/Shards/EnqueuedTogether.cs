using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Messages that share one deduplication key: one transaction inserts all of them with a single row for the key, so all are stored or
/// none is. <see cref="Limits.MaxTogetherBytes"/> and <see cref="Limits.MaxTogetherKinds"/> see to it that they fit one.
/// </summary>
internal sealed class EnqueuedTogether
{
    /// <summary>Fewer in a row, as for those who settle elsewhere, would come to more rows than a transaction has operations.</summary>
    private const int LeastInRow = 4;

    /// <summary>In their order.</summary>
    public required IReadOnlyList<PendingEnqueue> Messages { get; init; }

    /// <summary>Most messages of a row.</summary>
    /// <param name="most">Of other messages.</param>
    public static int InRow(int most) => Math.Max(most, LeastInRow);
}
