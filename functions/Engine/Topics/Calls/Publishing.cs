using FuncQueue.Engine.Deduplication;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>Publish calls: one record, several, or several that are stored together or not at all.</summary>
internal sealed class Publishing(EngineContext context, TopicCalls calls)
{
    private readonly PublishIntake intake = new(context);

    public async Task<Outcome<Published>> OneAsync(TopicName topic, PublishRequest request, CancellationToken cancellationToken)
    {
        using var body = new IncomingBody(request.Body);
        return await calls.RunAsync<Published>(
            "publish",
            topic,
            async runtime =>
            {
                if (Refusal(runtime, 1) is { } refusal)
                    return refusal;
                if (Faults(runtime, request, "") is { Count: > 0 } faults)
                    return new Failure.Invalid(faults);
                if (!(await intake.TakeAsync(runtime, request, body, cancellationToken)).TryGetValue(out var taken, out var failure))
                    return failure;
                if (Append(runtime, taken, request, behind: null) is not { } append)
                    return new Failure.MessageTooLarge();
                var outcome = await runtime.Partitions[taken.Partition].Appends.AppendAsync(append);
                return outcome.Failure is Failure.Repeated(var state)
                    ? await new Repeats(runtime, taken.Partition).FindAsync(state, request.Producer!.Sequence, cancellationToken)
                    : Told(runtime, taken.Partition, outcome, 0);
            },
            again: () => body.IsWhole,
            cancellationToken
        );
    }

    public async Task<Outcome<IReadOnlyList<Outcome<Published>>>> ManyAsync(
        TopicName topic,
        IReadOnlyList<PublishRequest> requests,
        CancellationToken cancellationToken
    )
    {
        var bodies = requests.Select(r => new IncomingBody(r.Body)).ToArray();
        try
        {
            return await calls.RunAsync(
                "publish",
                topic,
                runtime => ManyAsync(runtime, requests, bodies, cancellationToken),
                again: () => Array.TrueForAll(bodies, b => b.IsWhole),
                cancellationToken
            );
        }
        finally
        {
            foreach (var body in bodies)
                body.Dispose();
        }
    }

    public async Task<Outcome<IReadOnlyList<Published>>> AtomicAsync(
        TopicName topic,
        AtomicPublish batch,
        CancellationToken cancellationToken
    )
    {
        var bodies = batch.Records.Select(r => new IncomingBody(r.Body)).ToArray();
        try
        {
            return await calls.RunAsync(
                "publish",
                topic,
                runtime => AtomicAsync(runtime, batch, bodies, cancellationToken),
                again: () => Array.TrueForAll(bodies, b => b.IsWhole),
                cancellationToken
            );
        }
        finally
        {
            foreach (var body in bodies)
                body.Dispose();
        }
    }

    private async Task<Outcome<IReadOnlyList<Outcome<Published>>>> ManyAsync(
        TopicRuntime topic,
        IReadOnlyList<PublishRequest> requests,
        IncomingBody[] bodies,
        CancellationToken cancellationToken
    )
    {
        if (Refusal(topic, requests.Count) is { } refusal)
            return refusal;
        if (requests.Any(r => r.Producer is not null))
            return new Failure.Invalid([new Fault("Producer-Sequence", "A batch that counts is an atomic one.")]);
        if (requests.SelectMany((r, i) => Faults(topic, r, $"messages[{i}].")).ToList() is { Count: > 0 } faults)
            return new Failure.Invalid(faults);
        var outcomes = new Outcome<Published>?[requests.Count];
        var appends = new (int Partition, PendingAppend Append)?[requests.Count];
        // Of a key, the last record that is to be stored; null: one was refused already.
        var last = new Dictionary<string, PendingAppend?>(StringComparer.Ordinal);
        for (var i = 0; i < requests.Count; i++)
        {
            var behind = requests[i].Key is { } key && last.TryGetValue(key, out var before) ? before : null;
            if (requests[i].Key is { } failed && last.TryGetValue(failed, out var there) && there is null)
            {
                outcomes[i] = new Failure.EarlierFailed();
                continue;
            }

            var append = (PendingAppend?)null;
            if ((await intake.TakeAsync(topic, requests[i], bodies[i], cancellationToken)).TryGetValue(out var taken, out var failure))
                append = Append(topic, taken, requests[i], behind);
            if (append is null)
                outcomes[i] = failure ?? new Failure.MessageTooLarge();
            else
                appends[i] = (taken!.Partition, append);
            if (requests[i].Key is { } own)
                last[own] = append;
        }

        foreach (var partition in appends.OfType<(int Partition, PendingAppend Append)>().GroupBy(a => a.Partition, a => a.Append))
            topic.Partitions[partition.Key].Appends.AppendAll(partition);
        for (var i = 0; i < requests.Count; i++)
        {
            if (appends[i] is { } posted)
                outcomes[i] = Told(topic, posted.Partition, await posted.Append.Completion, 0);
        }

        // The topic was found gone before anything was stored: the whole call may be tried again on what is there now.
        return Array.TrueForAll(outcomes, o => o!.Failure is Failure.QueueGone)
            ? new Failure.QueueGone()
            : outcomes.Select(o => o!.Failure is Failure.QueueGone ? new Failure.TopicNotFound(topic.Name) : o!).ToArray();
    }

    private async Task<Outcome<IReadOnlyList<Published>>> AtomicAsync(
        TopicRuntime topic,
        AtomicPublish batch,
        IncomingBody[] bodies,
        CancellationToken cancellationToken
    )
    {
        if (Refusal(topic, batch.Records.Count) is { } refusal)
            return refusal;
        List<Fault> faults =
        [
            .. TopicRules.Check(batch),
            .. batch.Records.SelectMany((r, i) => TopicRules.Check(r, $"messages[{i}].")),
            .. TopicRules.CheckPlace(topic.Name, topic.Settings, batch.Key, batch.Partition, ""),
        ];
        if (faults.Count > 0)
            return new Failure.Invalid(faults);
        var key = batch.DeduplicationId is { } id ? DeduplicationKey.OfId(id) : (DeduplicationKey?)null;
        var partition = PublishIntake.PartitionOf(topic, batch.Partition, batch.Key, key)!.Value;
        var records = new List<PendingRecord>();
        for (var i = 0; i < bodies.Length; i++)
        {
            var request = batch.Records[i] with { Key = batch.Key };
            if (
                !(await intake.TakeAsync(topic, partition, request, bodies[i], cancellationToken)).TryGetValue(
                    out var record,
                    out var failure
                )
            )
                return failure;
            records.Add(record);
        }

        var append = new PendingAppend
        {
            Records = records,
            Key = key,
            KeyWindow = topic.Settings.DeduplicationWindow,
            Producer = batch.Producer,
            ExpectedOffset = batch.ExpectedOffset,
        }.Measured();
        if (!FitsAtomically(append))
            return new Failure.MessageTooLarge();
        if (!(await topic.Partitions[partition].Appends.AppendAsync(append)).TryGetValue(out var appended, out var unstored))
            return unstored is Failure.Repeated(var state)
                ? await new Repeats(topic, partition).GoOnAsync(state, append, cancellationToken)
                : unstored;
        // A repeat is told what it repeats, were that of another length.
        return appended.Matched.Select((_, i) => View(topic, partition, appended, i)).ToArray();
    }

    private Failure? Refusal(TopicRuntime topic, int more)
    {
        if (topic.Record.IsDeleting)
            return new Failure.TopicDeleting(topic.Name);
        return topic.Partitions.Sum(p => p.Appends.Waiting) + more > context.Options.MaxPendingEnqueues
            ? new Failure.Overloaded(StorageFault.DefaultRetryAfter)
            : null;
    }

    private static List<Fault> Faults(TopicRuntime topic, PublishRequest request, string at) =>
        [.. TopicRules.Check(request, at), .. TopicRules.CheckPlace(topic.Name, topic.Settings, request.Key, request.Partition, at)];

    /// <summary>The append of one record; null: no transaction holds it.</summary>
    private static PendingAppend? Append(TopicRuntime topic, TakenIn taken, PublishRequest request, PendingAppend? behind)
    {
        var append = new PendingAppend
        {
            Records = [taken.Record],
            Key = taken.Key,
            KeyWindow = topic.Settings.DeduplicationWindow,
            Producer = request.Producer,
            ExpectedOffset = request.ExpectedOffset,
            Behind = behind,
        }.Measured();
        return FitsAtomically(append) ? append : null;
    }

    private static bool FitsAtomically(PendingAppend append) =>
        append.Uploads <= Limits.MaxAtomicPayloads
        && append.Records.Where(r => r.Upload is null).Sum(r => r.BodyLength) <= Limits.MaxAtomicBytes
        && append.Bytes <= ShardTable.MaxTransactionBytes - RecordRows.MaxBytes;

    private static Outcome<Published> Told(TopicRuntime topic, int partition, Outcome<Appended> outcome, int index)
    {
        if (outcome.TryGetValue(out var appended, out var failure))
            return View(topic, partition, appended, index);
        if (failure is Failure.StorageThrottled || (failure is Failure.OutcomeUnknown && topic.Partitions[partition].Table.IsThrottled))
            topic.Sticky.Leave(partition);
        return failure;
    }

    internal static Published View(TopicRuntime topic, int partition, Appended appended, int index) =>
        new(
            RecordId.Of(topic.TableHash, partition, appended.First + index),
            partition,
            appended.First + index,
            appended.PublishedAt,
            appended.Matched[index],
            appended.IsDuplicate
        );
}
