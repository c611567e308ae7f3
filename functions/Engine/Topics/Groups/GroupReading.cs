using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>One read by a member of a group.</summary>
internal sealed class GroupReading(EngineContext context, GroupRuntime group, GroupReadRequest request, Func<bool> clockIsCertain)
{
    /// <summary>How often a member looks again while others are to give something up, or it is to.</summary>
    private static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(1);

    /// <summary>How often it looks otherwise.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    /// <summary>When so much of the wait is left, the ends of partitions are looked at once more.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);

    private readonly GroupPlace?[] after = [.. request.After.Select(group.Tokens.Decode)];
    private readonly GroupFetch fetch = new(group.Topic, request);
    private IReadOnlyList<GroupPlace?> commit = [.. request.Commit.Select(group.Tokens.Decode)];
    private IReadOnlyList<TokenStatus>? committed;
    private IReadOnlyList<TokenStatus>? judged;
    private ReadAsk? last;

    public async Task<Outcome<GroupRecords>> RunAsync(CancellationToken cancellationToken)
    {
        var outcome = await QueueCalls.GuardAsync(() => ReadAsync(cancellationToken));
        // What was committed is told, whatever came behind it.
        return outcome.Failure is not (null or Failure.QueueGone) && committed is { Count: > 0 } && last is { } ask
            ? Answer(ask, [], [], ask.Positions)
            : outcome;
    }

    private async Task<Outcome<GroupRecords>> ReadAsync(CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        while (true)
        {
            if (!(await AskAsync(cancellationToken)).TryGetValue(out var ask, out var failure))
                return failure;
            if (ask.HasLeft)
                return Answer(ask, [], [], ask.Positions);
            if (await WaitForTurnAsync(ask, cancellationToken))
                continue;
            var left = request.Wait - context.Time.GetElapsedTime(began);
            var failed = await fetch.RunAsync(ask.Positions, group.NextTurn(), left > LastLook && !context.Stopping, cancellationToken);
            left = request.Wait - context.Time.GetElapsedTime(began);
            if (fetch.Records.Count > 0 || fetch.Skipped.Count > 0 || left <= TimeSpan.Zero || context.Stopping)
            {
                if (failed is not null)
                    return failed;
                if (TryAnswer(ask, out var answer))
                    return answer;
                // A lease has ended meanwhile.
                continue;
            }

            if (failed is not null)
                return failed;
            if (group.Topic.Partitions.Max(p => p.Poll.Waiting) >= context.Options.MaxWaitingReceivers)
                return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
            await WaitAsync(ask, left, cancellationToken);
        }
    }

    private async Task<Outcome<ReadAsk>> AskAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<long>? starts = null;
        while (true)
        {
            var ask = new ReadAsk(request.Member, request.Lease, commit, after, starts, last is not { IsMember: true }, clockIsCertain);
            if (await group.Loop.RunAsync(ask).WaitAsync(cancellationToken) is { } failure)
                return failure;
            if (!ask.NeedsStarts)
            {
                committed ??= ask.Committed;
                // What holds for the records that are handed out: a hold may change while the caller waits.
                judged = ask.After;
                last = ask;
                // Once is enough: later rounds of this call must not be told what has become of their holds.
                commit = [];
                return ask;
            }

            starts = await new GroupStarts(group.Topic).FindAsync(request.From, cancellationToken);
        }
    }

    /// <summary>Waits until no other process tells of these partitions; whether it had to.</summary>
    private async Task<bool> WaitForTurnAsync(ReadAsk ask, CancellationToken cancellationToken)
    {
        if (ask.AnswerAt is not { } at)
            return false;
        await DelayUntilAsync(context, at, cancellationToken);
        return true;
    }

    public static async Task DelayUntilAsync(EngineContext context, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (at - context.Now is { Ticks: > 0 } pause)
            await Task.Delay(pause, context.Time, cancellationToken);
    }

    /// <summary>Waits for records, for what others do to the group, or until it is worth looking.</summary>
    private async Task WaitAsync(ReadAsk ask, TimeSpan left, CancellationToken cancellationToken)
    {
        var slice = ask.IsUnsettled ? Unsettled : Settled;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var time =
            left <= slice ? left
            : left - slice < LastLook ? left - LastLook
            : slice;
        // Nobody looks on behalf of a member that holds nothing.
        List<Task> waits = [Task.Delay(time, context.Time, enough.Token), ask.Changed];
        waits.AddRange(
            ask.Own.Select(h => group.Topic.Partitions[h.Partition].Poll.WaitAsync(fetch.Positions[h.Partition], time, enough.Token))
        );
        try
        {
            await await Task.WhenAny(waits);
        }
        finally
        {
            await enough.CancelAsync();
            // They end because of it; what they say does not count any more.
            waits.Remove(ask.Changed);
            await Task.WhenAll(waits).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>The answer, unless a lease has ended before it: then nobody has been told of these records.</summary>
    private bool TryAnswer(ReadAsk ask, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GroupRecords? answer)
    {
        var now = context.Now;
        answer = null;
        if (fetch.Records.Count > 0 && ask.Own.Any(h => h.Until <= now))
            return false;
        answer = Answer(ask, [.. fetch.Records], [.. fetch.Skipped], fetch.Positions);
        return true;
    }

    private GroupRecords Answer(
        ReadAsk ask,
        IReadOnlyList<Record> records,
        IReadOnlyList<SkippedRecords> skipped,
        IReadOnlyDictionary<int, long> positions
    ) =>
        new(
            records,
            [
                .. ask.Own.Select(h => new GroupToken(
                    h.Partition,
                    positions[h.Partition],
                    group.Tokens.Encode(new GroupPlace(h.Partition, h.Hold, positions[h.Partition]))
                )),
            ],
            [.. ask.Own.Select(h => h.Partition)],
            ask.Wanted,
            committed!,
            judged!,
            skipped
        );
}
