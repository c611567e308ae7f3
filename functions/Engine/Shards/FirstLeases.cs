using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Leases that new messages are inserted with: where receivers wait and no older message is ready, one write does for both. They are
/// given to nobody before the insert is known to have happened.
/// </summary>
internal sealed class FirstLeases(EngineContext context, IShardHost host, Action<SettleRequest> release)
{
    private readonly List<(Receiver Receiver, List<Leased> Messages)> given = [];

    /// <summary>Leases messages of rows that are about to be inserted, as far as receivers wait.</summary>
    public void Give(IEnumerable<BatchRow> rows, DateTimeOffset now)
    {
        if (!host.NothingIsReady || !host.ClockIsCertain)
            return;
        var policy = host.Policy;
        Receiver? receiver = null;
        List<Leased> messages = [];
        foreach (var row in rows)
        {
            for (var slot = 0; slot < row.Count; slot++)
            {
                if (!Delivery.CanDeliver(row.State[slot], row.Index.Messages[slot], policy, now))
                    continue;
                if (receiver is null)
                {
                    receiver = host.Receivers.TryTake();
                    // A message that is to be gone at once must have been there first.
                    if (receiver is { Request.Delete: true })
                    {
                        host.Return(receiver);
                        return;
                    }

                    if (receiver is null)
                        return;
                    given.Add((receiver, messages = []));
                }

                row.State[slot] = Delivery.Lease(row.State[slot], context.NextLease(), now, now + receiver.VisibilityTimeout, policy);
                messages.Add(new Leased(row, slot, row.State[slot]));
                if (messages.Count == receiver.Request.MaxMessages)
                    receiver = null;
            }
        }
    }

    /// <summary>The rows are there.</summary>
    public void HandOver()
    {
        var now = context.Now;
        foreach (var (receiver, messages) in given)
            Handover.Complete(context, host, receiver, messages, now, release);
        given.Clear();
    }

    /// <summary>The rows are not there, or nobody knows: then leases that nobody holds end by themselves.</summary>
    public void TakeBack()
    {
        foreach (var (receiver, _) in given)
            host.Return(receiver);
        given.Clear();
    }
}
