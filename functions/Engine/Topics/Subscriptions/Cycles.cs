namespace FuncQueue.Engine.Topics.Subscriptions;

/// <summary>
/// Keeps topics from forwarding to each other in a circle. A subscription's row is there before this looks, and is not active yet: so of
/// several that would close a circle together, the last to look sees the others.
/// </summary>
internal sealed class Cycles(SubscriptionTable subscriptions)
{
    /// <summary>Whether what reaches the one topic reaches the other one in the end.</summary>
    public async Task<bool> ReachesAsync(string fromTable, string toTable, CancellationToken cancellationToken)
    {
        var (seen, rest) = (new HashSet<string>(StringComparer.Ordinal) { fromTable }, new Queue<string>([fromTable]));
        while (rest.TryDequeue(out var table))
        {
            if (table == toTable)
                return true;
            var targets = (await subscriptions.ReadAsync(table, cancellationToken)).Rows.Where(r =>
                r.Target.Topic is not null && r.State != SubscriptionState.Closing
            );
            foreach (var target in targets.Select(r => r.TargetTable).Where(seen.Add))
                rest.Enqueue(target);
        }

        return false;
    }
}
