using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Payloads;
using FuncQueue.Engine.Registry;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>What is the same whatever a flow leads to.</summary>
/// <typeparam name="T">What records become there.</typeparam>
internal abstract class FlowSink<T>(PayloadCopies copies, SubscriptionRow subscription, int shard, PayloadHome home) : IFlowSink
{
    public ShardTable Table => home.Into;

    protected SubscriptionRow Subscription => subscription;

    public async Task<FlowStep> TakeAsync(FlowPlace at, IReadOnlyList<ForwardedRow> rows, Taking taking)
    {
        var part = await FlowPart<T>.CollectAsync(rows, at, taking, IsFor, record => Compose(record, null), NewSize());
        if (part.WithPayloads.Count > 0)
            return await TakePayloadsAsync(at, part);
        if (part.Items.Count > 0)
            return await FeedAsync(at, part.Items, part.Next);
        var passed = at with
        {
            Looked = part.Next,
            BytesAhead = at.BytesAhead + rows.Sum(r => (long)r.Bytes),
            HasJudged = at.HasJudged || rows.Any(row => row.Runs.Any(run => taking.IsJudged(run, at.Cursor.Judge))),
        };
        return new FlowStep(FlowStepEnd.GotOn, passed);
    }

    /// <summary>What a record becomes.</summary>
    /// <param name="upload">The copy of its payload, if it has one.</param>
    protected abstract T Compose(ForwardedRecord record, (Guid Payload, ETag ETag)? upload);

    /// <summary>What a record becomes whose payload was copied.</summary>
    protected virtual ValueTask<T> ComposeAsync(ForwardedRecord record, (Guid Payload, ETag ETag) copy) => new(Compose(record, copy));

    /// <summary>Says of each item whether it fits into a feed beside those before.</summary>
    protected abstract Func<T, bool> NewSize();

    /// <summary>Stores items, and moves the cursor behind what they were taken from.</summary>
    protected abstract Task<FlowStep> FeedAsync(FlowPlace at, IReadOnlyList<T> items, long next);

    /// <summary>The operation that keeps a record whose payload is gone from being lost without a word; null: there is none.</summary>
    protected abstract TableTransactionAction? Bury(ForwardedRecord record);

    private bool IsFor(ForwardedRecord record) => subscription.ShardOf(record.Partition, record.Content.Key) == shard;

    private async Task<FlowStep> TakePayloadsAsync(FlowPlace at, FlowPart<T> part)
    {
        var copied = await Task.WhenAll(part.WithPayloads.Select(r => copies.CopyAsync(home, r.Partition, r.Payload!.Value)));
        var items = new List<T>();
        for (var i = 0; i < copied.Length; i++)
        {
            if (!copied[i].TryGetValue(out var copy, out _))
                return items.Count == 0 ? new FlowStep(FlowStepEnd.Failed, null) : await TakeBeforeAsync(i);
            if (copy is not { } there)
                return items.Count == 0 ? await BuryAsync(at, part.WithPayloads[i]) : await TakeBeforeAsync(i);
            items.Add(await ComposeAsync(part.WithPayloads[i], there));
        }

        return await FeedAsync(at, items, part.Next);

        Task<FlowStep> TakeBeforeAsync(int record) => FeedAsync(at, items, part.WithPayloads[record].Offset);
    }

    /// <summary>The body of a record is gone.</summary>
    private Task<FlowStep> BuryAsync(FlowPlace at, ForwardedRecord record) =>
        FlowSteps.WriteAsync(Table, at, record.Offset + 1, Bury(record) is { } letter ? [letter] : []);
}

/// <summary>Where copies of payloads go.</summary>
/// <param name="Table">Under whose name their blobs lie.</param>
/// <param name="Into">Which accounts for them.</param>
internal sealed record PayloadHome(string Table, PayloadStore Payloads, ShardTable Into, ActivityMarker Activity);
