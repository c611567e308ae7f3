using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine;

/// <content>Settling.</content>
public sealed partial class QueueEngine
{
    /// <summary>Settles each receipt; results in their order. A failure concerns all: what it says of one may hold for some.</summary>
    public Task<Outcome<IReadOnlyList<Settled>>> SettleAsync(
        QueueName queue, MessageSource source, Settlement settlement, IReadOnlyList<string> receipts, CancellationToken cancellationToken) =>
        WithQueueAsync("settle", queue, runtime => SettleAsync(runtime, source, settlement, receipts, cancellationToken), cancellationToken);

    private async Task<Outcome<IReadOnlyList<Settled>>> SettleAsync(
        QueueRuntime runtime, MessageSource source, Settlement settlement, IReadOnlyList<string> receipts, CancellationToken cancellationToken)
    {
        var targets = new SettleTarget?[receipts.Count];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = SettleTarget.Of(runtime.Receipts, receipts[i], source);
        await KnowShardsAsync(runtime, targets.Max(t => t?.Shard + 1) ?? 0, cancellationToken);
        var results = new Task<Outcome<Settled>>[targets.Length];
        for (var i = 0; i < targets.Length; i++)
            results[i] = Settle(runtime, source, settlement, targets[i]);
        Failure? worst = null;
        var settled = new Settled[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            if (!(await results[i]).TryGetValue(out settled[i]!, out var failure))
                // One whose outcome is unknown makes the call's unknown.
                worst = worst is Failure.OutcomeUnknown ? worst : failure;
            else if (settled[i].Status != SettleStatus.MalformedReceipt)
                settled[i] = settled[i] with { MessageId = targets[i]?.Message };
        }

        // "Nothing happened" must hold for all of them.
        if (worst is not null && Array.Exists(settled, s => s is { Status: SettleStatus.Ok }))
            worst = InPart(worst);
        return worst is not null ? worst : settled;
    }

    private static Task<Outcome<Settled>> Settle(QueueRuntime runtime, MessageSource source, Settlement settlement, SettleTarget? target)
    {
        if (target is null || target.Shard >= runtime.Shards.Count)
            return Task.FromResult<Outcome<Settled>>(new Settled(SettleStatus.MalformedReceipt));
        var request = new SettleRequest(target.RowKey, target.Slot, target.Lease, settlement);
        runtime.Shards[target.Shard].LoopOf(source).Post(new Work.Settle(request));
        return request.Completion;
    }

    /// <summary>Drops a message that is not due yet; <see cref="Failure.MessageNotFound"/> when it is due, or not there.</summary>
    public Task<Outcome<bool>> CancelScheduledAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        WithQueueAsync<bool>(
            "cancel",
            queue,
            async runtime =>
            {
                if (!MessageLocation.TryParse(messageId, out var location))
                    return new Failure.MessageNotFound();
                await KnowShardsAsync(runtime, location.Shard + 1, cancellationToken);
                if (location.Shard >= runtime.Shards.Count)
                    return new Failure.MessageNotFound();
                var request = new SettleRequest(location.Row.Key, location.Index, default, new Settlement.Ack(), SettleKind.Cancel);
                runtime.Shards[location.Shard].LoopOf(MessageSource.Live).Post(new Work.Settle(request));
                var outcome = await request.Completion;
                if (!outcome.TryGetValue(out var settled, out var failure))
                    return failure;
                return settled.Status == SettleStatus.Ok ? true : new Failure.MessageNotFound();
            },
            cancellationToken);
}
