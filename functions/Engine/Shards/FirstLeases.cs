using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>
/// Leases that new messages are inserted with: where receivers wait and no older message is ready, one write does for both. They are
/// given to nobody before the insert is known to have happened.
/// </summary>
internal sealed class FirstLeases(EngineContext context, IShardHost host, Action<SettleRequest> release)
{
    private readonly List<(Receiver Receiver, List<(int Place, Leased Leased)> Messages)> given = [];

    /// <summary>Leases messages of rows that are about to be inserted, as far as receivers wait.</summary>
    public void Give(IEnumerable<BatchRow> rows, DateTimeOffset now)
    {
        if (!host.NothingIsReady || !host.ClockIsCertain || !host.Gives)
            return;
        var policy = host.Policy;
        Receiver? receiver = null;
        List<(int, Leased)> messages = [];
        foreach (var (place, row) in rows.Index())
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
                messages.Add((place, new Leased(row, slot, row.State[slot], null)));
                if (messages.Count == receiver.Request.MaxMessages)
                    receiver = null;
            }
        }
    }

    /// <summary>The rows are there.</summary>
    /// <param name="etagOf">The ETags of the rows, by their places in <see cref="Give"/>; null: not known.</param>
    public void HandOver(Func<int, ETag?> etagOf)
    {
        var now = context.Now;
        foreach (var (receiver, messages) in given)
            Handover.Complete(context, host, receiver, messages.ConvertAll(m => m.Leased with { Written = etagOf(m.Place) }), now, release);
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
