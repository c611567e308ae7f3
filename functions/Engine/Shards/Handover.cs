using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>A message that has been leased, and the row in which it lies.</summary>
/// <param name="Written">The row's ETag once the lease was written; null: not known.</param>
internal readonly record struct Leased(BatchRow Row, int Slot, MessageState State, ETag? Written);

/// <summary>Hands leased messages to the receiver that they were leased for.</summary>
internal static class Handover
{
    /// <param name="release">Takes what is to be given back, because the receiver has gone.</param>
    public static void Complete(
        EngineContext context,
        IShardHost host,
        Receiver receiver,
        IReadOnlyList<Leased> messages,
        DateTimeOffset now,
        Action<SettleRequest> release
    )
    {
        var request = receiver.Request;
        if (!request.Delete && receiver.VisibilityTimeout > TimeSpan.Zero && messages.Any(m => m.State.VisibleAt <= now))
        {
            EngineLog.LeaseEndedEarly(context.Log);
            messages = [.. messages.Where(m => m.State.VisibleAt > now)];
        }

        if (messages.Count == 0)
        {
            host.Return(receiver);
            return;
        }

        var delivered = new DeliveredMessage[messages.Count];
        for (var i = 0; i < delivered.Length; i++)
            delivered[i] = host.Deliver(messages[i], withReceipt: !request.Delete);
        if (receiver.TryComplete(delivered))
        {
            context.Metrics.Consumed(host.Queue, delivered.Length);
            if (host.Policy.Source == MessageSource.Live)
                context.Metrics.Tallies.Add(host.Queue, new QueueTotals { Delivered = delivered.Length });
            return;
        }

        // The receiver has gone: as if it had never been given, unless it was given for good.
        if (request.Delete)
            return;
        foreach (var message in messages)
            release(
                new SettleRequest(message.Row.Key, message.Slot, message.State.LeaseId, new Settlement.Nack(null, null), SettleKind.Release)
            );
    }
}
