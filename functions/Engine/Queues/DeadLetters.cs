using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Looking through dead letters.</summary>
internal static class DeadLetters
{
    /// <summary>Most rows read at once with their bodies.</summary>
    private const int AtOnce = 100;

    /// <summary>Whether it can be made live again: not while somebody holds it or it is on its way, and not once it is over.</summary>
    public static bool IsMovable(BatchRow row, int slot, DeliveryPolicy policy, DateTimeOffset now) =>
        MessageView.StatusOf(row.State[slot], row.Index.Messages[slot], policy, now) is not null
        && !Delivery.IsHeld(row.State[slot], policy, now);

    /// <summary>The reasons, of <see cref="Limits.MaxExaminedDeadLetters"/> at most: shard by shard, in the order of births.</summary>
    public static async Task<ReasonList> SummarizeAsync(EngineContext context, QueueRuntime queue, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, ReasonSummary>(StringComparer.Ordinal);
        var (examined, policy) = (0, queue.PolicyFor(MessageSource.DeadLetters));
        foreach (var shard in queue.Shards)
        {
            for (KeyRange? rest = RowKeys.Dead; rest is { } part; )
            {
                if (examined >= Limits.MaxExaminedDeadLetters)
                    return List(found, isWhole: false);
                var page = await shard.Table.ReadPageAsync(part, AtOnce, withData: true, cancellationToken);
                foreach (var row in page.Rows)
                {
                    if (MessageView.StatusOf(row.State[0], row.Index.Messages[0], policy, context.Now) is not null)
                        Add(found, row);
                }

                examined += page.Rows.Count;
                rest = page.LastKey is { } last ? part.After(last) : null;
            }
        }

        return List(found, isWhole: true);
    }

    private static void Add(Dictionary<string, ReasonSummary> found, BatchRow row)
    {
        var content = row.ContentOf(0);
        var (reason, at) = (content.DeadLetterReason ?? Reasons.Explicit, content.DeadLetteredAt ?? row.Index.EnqueuedAt);
        found[reason] = found.TryGetValue(reason, out var known)
            ? known with
            {
                Count = known.Count + 1,
                OldestAt = at < known.OldestAt ? at : known.OldestAt,
                NewestAt = at > known.NewestAt ? at : known.NewestAt,
                Example = at > known.NewestAt ? row.IdOf(0) : known.Example,
            }
            : new ReasonSummary(reason, 1, at, at, row.IdOf(0));
    }

    private static ReasonList List(Dictionary<string, ReasonSummary> found, bool isWhole) =>
        new(
            [.. found.Values.OrderByDescending(r => r.Count).ThenBy(r => r.Reason, StringComparer.Ordinal).Take(Limits.MaxReasons)],
            isWhole && found.Count <= Limits.MaxReasons
        );
}
