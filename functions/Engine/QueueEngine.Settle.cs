using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Shards;

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
        }

        return worst is not null ? worst : settled;
    }

    private static Task<Outcome<Settled>> Settle(QueueRuntime runtime, MessageSource source, Settlement settlement, SettleTarget? target)
    {
        if (target is null || target.Shard >= runtime.Shards.Count)
            return Task.FromResult<Outcome<Settled>>(new Settled(SettleStatus.MalformedReceipt));
        var request = new SettleRequest(target.RowKey, target.Slot, target.Lease, settlement, release: false);
        runtime.Shards[target.Shard].LoopOf(source).Post(new Work.Settle(request));
        return request.Completion;
    }
}
