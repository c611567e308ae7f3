using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Sweeping;

/// <summary>Counts what a visit sees in a shard.</summary>
internal sealed class Census
{
    /// <summary>So many instants at which scheduled messages come due are told; at the next one the shard is counted again.</summary>
    public const int MostInstants = 60;

    private readonly SortedDictionary<long, int> later = [];
    private MessageCounts counts;
    private DateTimeOffset? oldest;
    private bool sawAllScheduled = true;

    /// <summary>When scheduled messages come due of which the count does not tell when; null: it tells of all.</summary>
    public DateTimeOffset? UnlistedDueAt { get; private set; }

    public ShardCount Result =>
        new(counts, oldest) { KnowsScheduled = sawAllScheduled, Later = [.. later.Select(l => new DueLater(InstantOf(l.Key), l.Value))] };

    /// <summary>Takes in one message.</summary>
    public void Count(BatchRow row, int slot, DeliveryPolicy policy, DateTimeOffset now)
    {
        var (state, index) = (row.State[slot], row.Index.Messages[slot]);
        var status = Standing.Of(state, index, policy, now);
        counts = counts.Plus(status);
        if (status is MessageStatus.Ready or MessageStatus.Leased)
            oldest = SweepDue.Earlier(oldest, row.Index.EnqueuedAt);
        else if (status == MessageStatus.Scheduled)
            List(MessageView.AsSeen(state, index, policy, now).VisibleAt);
    }

    /// <summary>Behind what was counted lie more scheduled messages, which come due from this instant on.</summary>
    public void StopBefore(DateTimeOffset due)
    {
        sawAllScheduled = false;
        UnlistedDueAt = SweepDue.Earlier(UnlistedDueAt, due);
    }

    private void List(DateTimeOffset due)
    {
        var second = (due.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        later[second] = later.GetValueOrDefault(second) + 1;
        if (later.Count <= MostInstants)
            return;
        var last = later.Last().Key;
        later.Remove(last);
        UnlistedDueAt = SweepDue.Earlier(UnlistedDueAt, InstantOf(last));
    }

    private static DateTimeOffset InstantOf(long second) => new(second * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
