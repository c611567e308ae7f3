namespace FuncQueue.Engine.Shards;

/// <summary>
/// Whose turn it is among the groups of a standard queue: start-time fair queueing. A group that has something to deliver after a pause
/// comes before those that are served all the time, and then takes turns with them.
/// </summary>
internal sealed class FairShare
{
    private const int MaxGroups = 16_384;

    private readonly Dictionary<ulong, long> nextTurns = [];
    private long now;

    /// <summary>The turn at which the group's next message is to be delivered; the lowest comes first.</summary>
    public long TurnOf(ulong group) => Math.Max(now, nextTurns.GetValueOrDefault(group));

    /// <summary>A message of the group is delivered.</summary>
    public void Served(ulong group)
    {
        now = TurnOf(group);
        nextTurns[group] = now + 1;
        if (nextTurns.Count <= MaxGroups)
            return;
        // Those whose turn has come say nothing that is not so by itself.
        foreach (var (old, turn) in nextTurns.Where(t => t.Value <= now).ToList())
            nextTurns.Remove(old);
        // Else every message from here on would pay for so little.
        if (nextTurns.Count > MaxGroups / 2)
            nextTurns.Clear();
    }
}
