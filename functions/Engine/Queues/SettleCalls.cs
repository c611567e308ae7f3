using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>
/// Settle calls: of receipts, and of a message that nobody holds by its id. Both name messages of one generation, so running them again is
/// harmless.
/// </summary>
internal sealed class SettleCalls(QueueCalls calls, TimeProvider time)
{
    public Task<Outcome<IReadOnlyList<Settled>>> SettleAsync(
        QueueName queue,
        MessageSource source,
        IReadOnlyList<ReceiptSettlement> receipts,
        CancellationToken cancellationToken
    ) =>
        calls.RunAsync(
            "settle",
            queue,
            runtime => SettleAsync(runtime, source, receipts, cancellationToken),
            again: QueueCalls.Always,
            cancellationToken
        );

    /// <summary>Drops a message that is not due yet.</summary>
    public Task<Outcome<bool>> CancelAsync(QueueName queue, MessageId messageId, CancellationToken cancellationToken) =>
        DropAsync("cancel", queue, MessageSource.Live, messageId, SettleKind.Cancel, cancellationToken);

    /// <summary>Drops a message that nobody holds.</summary>
    public Task<Outcome<bool>> RemoveAsync(
        QueueName queue,
        MessageSource source,
        MessageId messageId,
        CancellationToken cancellationToken
    ) => DropAsync("remove", queue, source, messageId, SettleKind.Remove, cancellationToken);

    private Task<Outcome<bool>> DropAsync(
        string operation,
        QueueName queue,
        MessageSource source,
        MessageId messageId,
        SettleKind kind,
        CancellationToken cancellationToken
    ) =>
        calls.RunAsync(
            operation,
            queue,
            runtime => DropAsync(runtime, source, messageId, kind, cancellationToken),
            again: QueueCalls.Always,
            cancellationToken
        );

    private async Task<Outcome<bool>> DropAsync(
        QueueRuntime runtime,
        MessageSource source,
        MessageId messageId,
        SettleKind kind,
        CancellationToken cancellationToken
    )
    {
        if (!MessageLocation.TryParse(messageId, out var location))
            return new Failure.MessageNotFound();
        await calls.KnowShardsAsync(runtime, location.Shard + 1, cancellationToken);
        if (location.Shard >= runtime.Shards.Count)
            return new Failure.MessageNotFound();
        var (key, slot) =
            source == MessageSource.Live ? (location.Row.Key, location.Index) : (RowKeys.DeadLetter(location.Row.Key, location.Index), 0);
        var request = new SettleRequest(key, slot, default, new Settlement.Ack(), kind);
        runtime.Shards[location.Shard].LoopOf(source).Post(new Work.Settle(request));
        await AnswerInTimeAsync([request]);
        if (!(await request.Completion).TryGetValue(out var settled, out var failure))
            return failure;
        if (settled.Status == SettleStatus.Ok)
            return true;
        return settled.IsHeld && kind == SettleKind.Remove ? new Failure.MessageLeased() : new Failure.MessageNotFound();
    }

    /// <summary>
    /// Waits for requests, but no longer than <see cref="Limits.MaxSettleTime"/>, however slowly storage answers: what is not answered then
    /// is told as far as it is known.
    /// </summary>
    private async Task AnswerInTimeAsync(IEnumerable<SettleRequest> requests)
    {
        var unanswered = requests.Where(r => !r.IsAnswered).ToList();
        if (unanswered.Count == 0)
            return;
        try
        {
            await Task.WhenAll(unanswered.Select(r => r.Completion)).WaitAsync(Limits.MaxSettleTime, time);
        }
        catch (TimeoutException)
        {
            unanswered.ForEach(r => r.GiveUp());
        }
    }

    private async Task<Outcome<IReadOnlyList<Settled>>> SettleAsync(
        QueueRuntime runtime,
        MessageSource source,
        IReadOnlyList<ReceiptSettlement> receipts,
        CancellationToken cancellationToken
    )
    {
        var targets = new SettleTarget?[receipts.Count];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = SettleTarget.Of(runtime.Receipts, receipts[i].Receipt, source);
        if (
            receipts.Zip(targets).Any(r => r.Second is null && ReceiptCodec.HasForm(r.First.Receipt))
            && await calls.IsOverAsync(runtime, cancellationToken)
        )
            return new Failure.QueueGone();
        await calls.KnowShardsAsync(runtime, targets.Max(t => t?.Shard + 1) ?? 0, cancellationToken);
        var requests = Settle(runtime, source, receipts, targets);
        await AnswerInTimeAsync(requests.OfType<SettleRequest>());
        Failure? worst = null;
        var settled = new Settled[requests.Length];
        for (var i = 0; i < settled.Length; i++)
        {
            if (requests[i] is not { } request)
                settled[i] = new Settled(SettleStatus.MalformedReceipt);
            else if (!(await request.Completion).TryGetValue(out settled[i]!, out var failure))
                // One whose outcome is unknown makes the call's unknown.
                worst = worst is Failure.OutcomeUnknown ? worst : failure;
            else
                settled[i] = settled[i] with { MessageId = targets[i]?.Message };
        }

        if (source == MessageSource.Live)
        {
            var done = receipts.Zip(settled).Where(r => r.Second is { Status: SettleStatus.Ok }).Select(r => r.First.Settlement).ToList();
            runtime.Tally.Add(
                new QueueTotals { Acked = done.Count(s => s is Settlement.Ack), Nacked = done.Count(s => s is Settlement.Nack) }
            );
        }

        // "Nothing happened" must hold for all of them.
        if (worst is not null && Array.Exists(settled, s => s is { Status: SettleStatus.Ok }))
            worst = QueueCalls.InPart(worst);
        return worst is not null ? worst : settled;
    }

    /// <summary>Posts to each shard at once what concerns it: a loop that is already running does not begin with a part of it.</summary>
    /// <returns>A request for each receipt; null for a malformed one.</returns>
    private static SettleRequest?[] Settle(
        QueueRuntime runtime,
        MessageSource source,
        IReadOnlyList<ReceiptSettlement> receipts,
        SettleTarget?[] targets
    )
    {
        var requests = new SettleRequest?[targets.Length];
        for (var i = 0; i < targets.Length; i++)
        {
            if (targets[i] is { } t && t.Shard < runtime.Shards.Count)
                requests[i] = new SettleRequest(t.RowKey, t.Slot, t.Lease, receipts[i].Settlement) { AsLeased = t.AsLeased };
        }

        foreach (var shard in targets.Zip(requests).Where(r => r.Second is not null).GroupBy(r => r.First!.Shard, r => r.Second!))
            runtime.Shards[shard.Key].LoopOf(source).Post(new Work.Settle([.. shard]));
        return requests;
    }
}
