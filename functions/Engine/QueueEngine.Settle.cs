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
        var results = Settle(runtime, source, settlement, targets);
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

    /// <summary>Posts to each shard at once what concerns it: a loop that is already running does not begin with a part of it.</summary>
    private static Task<Outcome<Settled>>[] Settle(QueueRuntime runtime, MessageSource source, Settlement settlement, SettleTarget?[] targets)
    {
        var requests = Array.ConvertAll(targets, t => t is null || t.Shard >= runtime.Shards.Count ? null : new SettleRequest(t.RowKey, t.Slot, t.Lease, settlement) { AsLeased = t.AsLeased });
        foreach (var shard in targets.Zip(requests).Where(r => r.Second is not null).GroupBy(r => r.First!.Shard, r => r.Second!))
            runtime.Shards[shard.Key].LoopOf(source).Post(new Work.Settle([.. shard]));
        return Array.ConvertAll(requests, r => r?.Completion ?? Task.FromResult<Outcome<Settled>>(new Settled(SettleStatus.MalformedReceipt)));
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
