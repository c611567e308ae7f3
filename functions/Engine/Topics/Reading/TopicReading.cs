namespace FuncQueue.Engine.Topics.Reading;

/// <summary>Reads of all partitions of a topic together.</summary>
/// <param name="partitions">In the order of their numbers.</param>
/// <param name="tableHash">Of the topic's table.</param>
internal sealed class TopicReading(IReadOnlyList<RecordReading> partitions, ulong tableHash)
{
    public async Task<Outcome<TopicRecordPage>> ReadAsync(TopicReadRequest request, CancellationToken cancellationToken)
    {
        var (first, from) = (0, Enumerable.Repeat(request.From, partitions.Count).ToArray());
        if (request.Position is { } text)
        {
            if (TopicPosition.Read(text, tableHash, partitions.Count) is not { } position)
                return new Failure.Invalid([new Fault("position", "Is not one that was handed out for this topic.")]);
            first = position.First;
            from = [.. position.Offsets.Select(offset => new ReadFrom.Offset(offset))];
        }

        var records = new List<Record>();
        var offsets = new long[partitions.Count];
        var bytes = 0L;
        foreach (var partition in Enumerable.Range(0, partitions.Count).Select(i => (first + i) % partitions.Count))
        {
            var isFull = records.Count >= request.MaxRecords || (records.Count > 0 && bytes >= request.MaxBytes);
            if (isFull && from[partition] is ReadFrom.Offset(var unread))
            {
                offsets[partition] = unread;
                continue;
            }

            var read = new ReadRequest
            {
                Partition = partition,
                From = from[partition],
                MaxRecords = Math.Max(1, request.MaxRecords - records.Count),
                MaxBytes = (int)Math.Max(1, request.MaxBytes - bytes),
            };
            if (!(await partitions[partition].ReadAsync(read, cancellationToken)).TryGetValue(out var page, out var failure))
                return failure;
            var isTooLong = records.Count > 0 && bytes + page.Records.Sum(r => r.BodyLength) > request.MaxBytes;
            // What does not fit any more comes next time: that partition's place is where the page would have begun.
            if (page.Records.Count > 0 && (isFull || isTooLong))
            {
                offsets[partition] = page.Records[0].Offset;
                continue;
            }

            records.AddRange(page.Records);
            bytes += page.Records.Sum(r => r.BodyLength);
            offsets[partition] = page.NextOffset;
        }

        if (records.Count == 0 && request.Wait > TimeSpan.Zero)
            return await WaitAsync(offsets, request, cancellationToken);
        return Page(records, offsets, (first + 1) % partitions.Count);
    }

    /// <summary>Waits at the end of each partition; what comes first ends it for all.</summary>
    private async Task<Outcome<TopicRecordPage>> WaitAsync(long[] offsets, TopicReadRequest request, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = offsets
            .Select(
                (offset, partition) =>
                    partitions[partition]
                        .ReadAsync(
                            new ReadRequest
                            {
                                Partition = partition,
                                From = new ReadFrom.Offset(offset),
                                MaxRecords = request.MaxRecords,
                                MaxBytes = request.MaxBytes,
                                Wait = request.Wait,
                            },
                            enough.Token
                        )
            )
            .ToList();
        Outcome<RecordPage>? found = null;
        try
        {
            await foreach (var wait in Task.WhenEach(waits))
            {
                var outcome = await wait;
                if (outcome.TryGetValue(out var page, out _) && page.Records.Count == 0)
                    continue;
                found = outcome;
                break;
            }
        }
        finally
        {
            await enough.CancelAsync();
            // They end because of it; what they say does not count any more.
            await Task.WhenAll(waits).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        if (found is null)
            return Page([], offsets, 0);
        if (!found.TryGetValue(out var first, out var failure))
            return failure;
        offsets[first.Records[0].Partition] = first.NextOffset;
        return Page(first.Records, offsets, (first.Records[0].Partition + 1) % partitions.Count);
    }

    private TopicRecordPage Page(IReadOnlyList<Record> records, long[] offsets, int first) =>
        new(records, new TopicPosition(first, offsets).Write(tableHash));
}
