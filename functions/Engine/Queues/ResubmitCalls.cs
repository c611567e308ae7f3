using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Queues;

/// <summary>Calls that make one dead letter live again, as it is or edited, in its queue or in another one.</summary>
internal sealed class ResubmitCalls(EngineContext context, QueueDirectory directory, QueueCalls calls)
{
    public Task<Outcome<MessageId>> ResubmitAsync(
        QueueName queue,
        MessageId messageId,
        Resubmission asked,
        CancellationToken cancellationToken
    ) =>
        calls.RunAsync(
            "resubmit",
            queue,
            runtime => ResubmitAsync(runtime, messageId, asked, cancellationToken),
            again: QueueCalls.Always,
            cancellationToken
        );

    private async Task<Outcome<MessageId>> ResubmitAsync(
        QueueRuntime runtime,
        MessageId messageId,
        Resubmission asked,
        CancellationToken cancellationToken
    )
    {
        var found = await RedriveCalls.FindTargetAsync(directory, runtime, asked.To, cancellationToken);
        if (!found.TryGetValue(out var target, out var untargeted))
            return untargeted;
        if (!MessageLocation.TryParse(messageId, out var location))
            return new Failure.MessageNotFound();
        await calls.KnowShardsAsync(runtime, location.Shard + 1, cancellationToken);
        if (location.Shard >= runtime.Shards.Count)
            return new Failure.MessageNotFound();
        var (shard, key) = (runtime.Shards[location.Shard], RowKeys.DeadLetter(location.Row.Key, location.Index));
        var dead = await shard.Table.ReadAsync(key, withData: true, cancellationToken);
        if (WhyNot(runtime, dead) is { } refused)
            return refused;
        var to = target == runtime ? shard : Mover.ShardFor(dead!, target);
        PayloadUpload? upload = null;
        if (asked.Body is { Length: > Limits.MaxInlineBodyBytes } body)
        {
            if (!(await UploadAsync(target, to, body, cancellationToken)).TryGetValue(out upload, out var failure))
                return failure;
        }

        var edit = asked.IsEdited ? MessageEdit.Of(dead!, asked, upload?.Payload) : null;
        var outcome =
            target == runtime
                ? await new Redrive(context, runtime, null).MoveAsync(shard, [dead!], edit is null ? null : new Resubmitted(edit, upload))
                : await new Mover(context, runtime).MoveAsync(shard, dead!, target, to, edit);
        if (!outcome.TryGetValue(out var moved, out var unmoved))
            return unmoved;
        if (moved.Ids is [var arrived])
            return arrived;
        // It has arrived, by the hands of an earlier version, which does not say as what.
        if (moved.Count > 0)
            return new Failure.OutcomeUnknown(StorageFault.DefaultRetryAfter);
        return WhyNot(runtime, await shard.Table.ReadAsync(key, withData: false, cancellationToken)) ?? new Failure.MessageLeased();
    }

    private async Task<Outcome<PayloadUpload>> UploadAsync(
        QueueRuntime target,
        ShardRuntime to,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        if (await to.Activity.EnsureAsync() is { } unmarked)
            return unmarked;
        return await new PayloadUploads(context, target.Payloads).UploadAsync(
            to.Table,
            target.Table,
            () => new MemoryStream(body.ToArray(), writable: false),
            hash: null,
            cancellationToken
        );
    }

    /// <summary>Why a dead letter cannot be made live again; null: it can.</summary>
    private Failure? WhyNot(QueueRuntime runtime, BatchRow? dead)
    {
        var policy = runtime.PolicyFor(MessageSource.DeadLetters);
        if (dead is null || MessageView.StatusOf(dead.State[0], dead.Index.Messages[0], policy, context.Now) is null)
            return new Failure.MessageNotFound();
        return DeadLetters.IsMovable(dead, 0, policy, context.Now) ? null : new Failure.MessageLeased();
    }
}
