using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Topics.Reading;

/// <summary>Reads of one partition, as callers ask for them.</summary>
/// <param name="tableHash">Of the topic's table (<see cref="RecordId.HashOf"/>).</param>
internal sealed class RecordReading(EngineContext context, PartitionReader reader, TailPoll poll, ulong tableHash)
{
    public async Task<Outcome<RecordPage>> ReadAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        // An offset must be there; what was found by other means is as good as what now comes first behind it.
        var isExact = request.From is ReadFrom.Offset;
        var from = request.From switch
        {
            ReadFrom.Offset(var offset) => offset,
            ReadFrom.Instant(var instant) => await reader.SeekAsync(instant, cancellationToken),
            ReadFrom.Latest => (await reader.ReadHeadAsync(cancellationToken)).Next,
            _ => 0,
        };
        while (true)
        {
            var fetched = await reader.FetchAsync(from, request.MaxRecords, request.MaxBytes, cancellationToken);
            if (fetched.Rows.Count > 0)
            {
                if (isExact && fetched.Rows[0].First > from)
                    return new Failure.OffsetExpired(fetched.Rows[0].First);
                return await PageAsync(fetched, from, request, cancellationToken);
            }

            if (fetched.IsStopped)
                return new Failure.RecordUnreadable(StorageFault.DefaultRetryAfter);
            if (from < reader.KnownNext || (isExact && from > reader.KnownNext) || !reader.KnowsEnd)
            {
                // It lies before what is removed, or beyond the end, or something was stored meanwhile.
                var next = (await reader.ReadHeadAsync(cancellationToken)).Next;
                if (from > next)
                    return new Failure.Invalid([new Fault("from", $"The partition ends at the offset {next}.")]);
                if (from < next && (await reader.PlacesAsync(from, cancellationToken)).Count > 0)
                    continue;
                if (from < next && isExact)
                    return new Failure.OffsetExpired(next);
                from = next;
            }

            var left = request.Wait - context.Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || context.Stopping)
                return new RecordPage([], from, Math.Max(from, reader.KnownNext));
            if (poll.Waiting >= context.Options.MaxWaitingReceivers)
                return new Failure.Overloaded(StorageFault.DefaultRetryAfter);
            await poll.WaitAsync(from, left, cancellationToken);
            if (reader.KnownNext <= from)
                return new RecordPage([], from, from);
        }
    }

    /// <summary>The record at an offset.</summary>
    public async Task<Outcome<Record>> FindAsync(long offset, CancellationToken cancellationToken)
    {
        var fetched = await reader.FetchAsync(offset, 1, 1, cancellationToken);
        if (fetched is { Rows: [], IsStopped: true })
            return new Failure.RecordUnreadable(StorageFault.DefaultRetryAfter);
        if (fetched.Rows is [var row, ..])
        {
            if (row.First > offset)
                return new Failure.OffsetExpired(row.First);
            // Of a row that covers an offset without having it, it was compacted away.
            return row.RecordsFrom(offset, tableHash).FirstOrDefault() is { } record && record.Offset == offset
                ? record
                : new Failure.RecordNotFound();
        }

        var next = (await reader.ReadHeadAsync(cancellationToken)).Next;
        return offset < next ? new Failure.OffsetExpired(next) : new Failure.RecordNotFound();
    }

    private async Task<RecordPage> PageAsync(FetchedRows fetched, long from, ReadRequest request, CancellationToken cancellationToken)
    {
        var records = new List<Record>();
        var bytes = 0L;
        var last = fetched.Rows[^1];
        foreach (var record in fetched.Rows.SelectMany(row => row.RecordsFrom(from, tableHash)))
        {
            var length = record.Body?.Length ?? 0;
            if (records.Count > 0 && (records.Count == request.MaxRecords || bytes + length > request.MaxBytes))
                break;
            records.Add(record);
            bytes += length;
        }

        var nextOffset = records.Count > 0 ? records[^1].Offset + 1 : last.Last + 1;
        var isAtEnd = !request.TellsEnd || (fetched.End == FetchEnd.End && nextOffset > last.Last);
        var end = isAtEnd ? nextOffset : await reader.NextAsync(cancellationToken);
        return new RecordPage(records, nextOffset, Math.Max(end, nextOffset));
    }
}
