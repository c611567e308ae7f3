namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>
/// What a subscription takes next of a partition into a shard: items as they are stored there, or records whose payloads have to be copied
/// first.
/// </summary>
/// <param name="Next">The offset up to which that is all.</param>
internal sealed record FlowPart<T>(IReadOnlyList<T> Items, IReadOnlyList<ForwardedRecord> WithPayloads, long Next)
{
    /// <summary>
    /// Collects what fits into one feed. It ends before a record with a payload; if it begins with one, it is that and those that follow.
    /// </summary>
    /// <param name="isFor">Whether a record belongs into this shard.</param>
    /// <param name="tryAdd">Whether an item fits beside those before.</param>
    public static async ValueTask<FlowPart<T>> CollectAsync(
        IReadOnlyList<ForwardedRow> rows,
        FlowPlace at,
        Taking taking,
        Func<ForwardedRecord, bool> isFor,
        Func<ForwardedRecord, T> compose,
        Func<T, bool> tryAdd
    )
    {
        var (from, judge) = (at.Looked, at.Cursor.Judge);
        var (items, payloads) = (new List<T>(), new List<ForwardedRecord>());
        var records = rows.Where(row => row.Runs.Any(run => taking.MayTake(run, judge)))
            .SelectMany(row => row.Records)
            .Where(record => record.Offset >= from && isFor(record));
        foreach (var record in records)
        {
            if (!await taking.TakesAsync(record, judge, CancellationToken.None))
                continue;
            if (record.Payload is not null)
            {
                if (items.Count > 0 || payloads.Count == PayloadCopies.Parallel)
                    return EndBefore(record);
                payloads.Add(record);
                continue;
            }

            if (payloads.Count > 0)
                return EndBefore(record);
            var item = compose(record);
            if (!tryAdd(item))
                return EndBefore(record);
            items.Add(item);
        }

        return new FlowPart<T>(items, payloads, Math.Max(from, rows[^1].Last + 1));

        FlowPart<T> EndBefore(ForwardedRecord record) => new(items, payloads, record.Offset);
    }
}
