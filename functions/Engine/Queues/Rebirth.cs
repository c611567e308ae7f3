using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>Dead letters as new messages: new ids, fresh counts, and the name of what they were.</summary>
internal static class Rebirth
{
    /// <summary>The rows to insert into a shard.</summary>
    /// <param name="head">Of a FIFO shard; null on standard queues.</param>
    /// <param name="from">The other queue that they come from; null: it is the same.</param>
    public static List<BatchRow> Compose(
        EngineContext context,
        IReadOnlyList<BatchRow> dead,
        ShardRuntime shard,
        QueueSettings settings,
        SequenceHead? head,
        MoveOrigin? from = null
    )
    {
        var (rows, now) = (new List<BatchRow>(), context.Now);
        var next = head?.First(now) ?? 0;
        foreach (var part in Split(dead, context.Options.MaxMessagesPerRow, ordered: head is not null))
        {
            var birth = head is null ? shard.Sequence.NextImmediate(part[0].Birth.Lane) : shard.Sequence.At(next);
            rows.Add(Compose(part, shard.Table.Shard, birth, settings, now, from));
            next += part.Count;
        }

        return rows;
    }

    /// <summary>The ids of the messages of rows, in their order.</summary>
    public static IReadOnlyList<MessageId> IdsOf(IEnumerable<BatchRow> rows) =>
        [.. rows.SelectMany(row => Enumerable.Range(0, row.Count).Select(row.IdOf))];

    /// <summary>Tells the shard's receivers of the rows, once they are written.</summary>
    public static void Announce(ShardRuntime shard, IReadOnlyList<BatchRow> rows, IEnumerable<ETag> etags, SequenceHead? head)
    {
        var behind = head?.Next ?? 0;
        foreach (var (row, etag) in rows.Zip(etags))
        {
            shard.Announce(row with { ETag = etag }, behind);
            behind = row.SequenceEnd;
        }
    }

    /// <summary>
    /// Dead letters that become one row: of one lane on standard queues, in their order on FIFO ones, within a row's limits.
    /// </summary>
    private static IEnumerable<List<BatchRow>> Split(IReadOnlyList<BatchRow> dead, int perRow, bool ordered)
    {
        foreach (var lane in dead.GroupBy(r => ordered ? 0 : r.Birth.Lane))
        {
            var (part, bytes) = (new List<BatchRow>(), 0);
            foreach (var row in lane)
            {
                if (part.Count == perRow || (part.Count > 0 && bytes + row.EncodedLength > NewRow.MaxBytes))
                {
                    yield return part;
                    (part, bytes) = ([], 0);
                }

                part.Add(row);
                bytes += row.EncodedLength;
            }

            yield return part;
        }
    }

    private static BatchRow Compose(
        List<BatchRow> dead,
        int shard,
        BirthRow birth,
        QueueSettings settings,
        DateTimeOffset now,
        MoveOrigin? from
    )
    {
        var encoded = dead.ConvertAll(r =>
            MessageCodec.Encode(
                r.ContentOf(0) with
                {
                    OriginalMessageId = r.ContentOf(0).OriginalMessageId ?? r.IdOf(0),
                    DeadLetterReason = null,
                    DeadLetteredAt = null,
                    MovedFrom = from?.Queue.Value ?? r.ContentOf(0).MovedFrom,
                }
            )
        );
        return new BatchRow
        {
            Shard = shard,
            Key = birth.Key,
            Birth = birth,
            FirstIndex = 0,
            ETag = default(ETag),
            State = [.. dead.Select(_ => MessageState.ReadyAt(now))],
            Index = new RowIndex(
                now,
                [
                    .. dead.Select(
                        (r, i) =>
                            r.Index.Messages[0] with
                            {
                                EncodedLength = encoded[i].Length,
                                ExpiresAt = now + settings.MessageTimeToLive,
                                Payload =
                                    r.Index.Messages[0].Payload is { } payload && from is not null
                                        ? from.Payloads[payload]
                                        : r.Index.Messages[0].Payload,
                            }
                    ),
                ]
            ),
            Data = encoded.SelectMany(e => e).ToArray(),
        };
    }
}

/// <summary>Where messages come from that are made live again in another queue.</summary>
/// <param name="Payloads">Payloads that were copied: the new one for each old one.</param>
internal sealed record MoveOrigin(QueueName Queue, IReadOnlyDictionary<Guid, Guid> Payloads);
