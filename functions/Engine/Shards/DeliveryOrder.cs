using System.Globalization;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// The order in which the messages of a standard queue are handed out. It is said here only; claims, eviction from memory and scans follow
/// it.
/// <list type="number">
/// <item>A lane of high priority comes before one of low. Of ten flights that lease, one takes the lanes from the lowest up.</item>
/// <item>In a lane, rows that other processes are at work on come last, once one was found to come first (<see cref="Rivals"/>).</item>
/// <item>Then the oldest comes first: by its commit, or, if it was held back, by the instant at which it was due.</item>
/// </list>
/// Groups that take turns do so within a lane (<see cref="GroupTurns"/>).
/// </summary>
internal static class DeliveryOrder
{
    /// <summary>Of so many flights that lease, one begins with the lowest lane, so that no lane starves.</summary>
    public const int LowestLaneEvery = 10;

    /// <summary>Rows of each lane that stay in memory, however many there are of others: what every tenth flight begins with.</summary>
    private const int KeptOfEachLane = 32;

    /// <summary>All rows, without regard to who is at work on them.</summary>
    public static readonly IComparer<CachedRow> Rows = Comparer<CachedRow>.Create(
        static (a, b) =>
        {
            var (x, y) = (a.Row.Birth, b.Row.Birth);
            var order = x.Lane.CompareTo(y.Lane);
            if (order == 0)
                order = x.TimeMicros.CompareTo(y.TimeMicros);
            return order == 0 ? string.CompareOrdinal(a.Row.Key, b.Row.Key) : order;
        }
    );

    /// <summary>The place of a lane among the others for one flight; the lowest comes first.</summary>
    public static int LanePlace(int lane, bool lowestFirst) => lowestFirst ? -lane : lane;

    /// <summary>Rows, given in the order of <see cref="Rows"/>, as a flight claims them.</summary>
    /// <param name="contested">Whether others are at work on a row; null: there are no others.</param>
    public static IEnumerable<CachedRow> ForClaims(IEnumerable<CachedRow> inOrder, bool lowestFirst, Func<CachedRow, bool>? contested)
    {
        if (contested is not null)
            return inOrder.OrderBy(r => LanePlace(r.Row.Birth.Lane, lowestFirst)).ThenBy(contested);
        return lowestFirst ? inOrder.OrderBy(r => LanePlace(r.Row.Birth.Lane, lowestFirst)) : inOrder;
    }

    /// <summary>
    /// Rows in the order in which they are forgotten: those that nobody is to get for the longest time, then those that are the last to be
    /// handed out. The first of each lane, and those for which <paramref name="isScarce"/> holds, go after all others.
    /// </summary>
    public static IEnumerable<CachedRow> ForEviction(
        IReadOnlyCollection<CachedRow> inOrder,
        DateTimeOffset now,
        Func<CachedRow, bool> isScarce
    )
    {
        var ofLane = new Dictionary<int, int>();
        var kept = new HashSet<CachedRow>(ReferenceEqualityComparer.Instance);
        foreach (var row in inOrder)
        {
            if (row.ActionableAt > now)
                continue;
            var place = ofLane[row.Row.Birth.Lane] = ofLane.GetValueOrDefault(row.Row.Birth.Lane) + 1;
            if (place <= KeptOfEachLane || isScarce(row))
                kept.Add(row);
        }

        return inOrder
            .Reverse()
            .OrderBy(kept.Contains)
            .ThenByDescending(row => row.ActionableAt > now ? row.ActionableAt : DateTimeOffset.MinValue);
    }

    /// <summary>
    /// The beginnings of the lanes in which a scan that has come to <paramref name="key"/> is not: whatever is to come before the rows
    /// there, or is the first of its lane, lies at one of them. Messages that were held back are like one more lane, whatever their
    /// priority.
    /// </summary>
    public static IEnumerable<KeyRange> Fronts(KeyRange all, string key)
    {
        var prefix = key.StartsWith('d') ? "d" : "";
        if (key[prefix.Length] != 'm')
        {
            yield return all with
            {
                To = prefix + "s",
            };
            yield break;
        }

        var lane = key[prefix.Length + 1] - '0';
        if (lane > 0)
            yield return all with
            {
                To = Lane(lane),
            };
        if (lane < Limits.MaxPriority)
            yield return new KeyRange(Lane(lane + 1), prefix + "n");
        yield return all with
        {
            From = prefix + "s",
        };

        string Lane(int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}m{number}");
    }
}
