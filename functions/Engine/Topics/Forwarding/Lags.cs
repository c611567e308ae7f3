using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Topics.Forwarding;

/// <summary>How far subscriptions are, and how many records they have still to take, counted from the rows as they are.</summary>
internal sealed class Lags(SubscribedTopic topic, SubscriptionRoutes routes, ShortPayloads payloads)
{
    /// <summary>Rows of a page that is read with its records, which an answer of storage holds.</summary>
    private const int RowsWithData = 16;

    private readonly ForwardedTopic forwardedTopic = ForwardedTopic.Of(topic.Topic.Name, topic.Topic.Table);

    /// <summary>For each subscription, by partition.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<SubscriptionPosition>>> OfAsync(
        IReadOnlyList<SubscriptionRow> rows,
        CancellationToken cancellationToken
    )
    {
        var partitions = await Task.WhenAll(
            Enumerable.Range(0, topic.Partitions.Count).Select(p => OfPartitionAsync(rows, p, cancellationToken))
        );
        return [.. rows.Select((_, i) => (IReadOnlyList<SubscriptionPosition>)[.. partitions.Select(p => p[i])])];
    }

    private async Task<SubscriptionPosition[]> OfPartitionAsync(
        IReadOnlyList<SubscriptionRow> rows,
        int partition,
        CancellationToken cancellationToken
    )
    {
        var places = new List<Place>();
        foreach (var (i, row) in rows.Index())
        {
            foreach (var (shard, cursor) in await topic.Cursors.ReadOpenAsync(row, partition, cancellationToken))
                places.Add(new Place(i, row, shard, cursor, new Taking(row, routes, payloads)));
        }

        var lags = new long[rows.Count];
        if (places.Count > 0)
            await CountAsync(places, partition, lags, cancellationToken);
        var end = (await topic.Partitions.ReadHeadAsync(partition, cancellationToken)).Next;
        return [.. rows.Select((_, i) => new SubscriptionPosition(partition, Position(i), lags[i]))];

        long Position(int row)
        {
            var own = places.FindAll(p => p.Row == row);
            if (own.Count == 0)
                return end;
            // Behind the cursor there may be records of others only.
            return lags[row] == 0 ? end : own.Min(p => p.Cursor.Next);
        }
    }

    private async Task CountAsync(List<Place> places, int partition, long[] lags, CancellationToken cancellationToken)
    {
        var table = topic.Partitions[partition];
        // Which shard a record goes to, and what filters say of it, its data tells.
        var withData = places.Exists(p => p.Cursor.Judge > 0 || p.Subscription is { IsSpread: true, TargetShards: > 1 });
        for (KeyRange? rest = RecordRow.From(places.Min(p => p.Cursor.Next)); rest is { } range; )
        {
            var (entities, last) = await table.ReadEntitiesAsync(
                range,
                withData ? RowsWithData : ShardTable.MaxPageRows,
                withData ? null : RecordRow.SmallColumns,
                cancellationToken
            );
            foreach (var entity in entities)
                await CountAsync(RecordRow.Read(partition, entity, withData), places, lags, cancellationToken);
            rest = last is null ? null : range.After(last);
        }
    }

    private async ValueTask CountAsync(RecordRow row, List<Place> places, long[] lags, CancellationToken cancellationToken)
    {
        if (row.Data is null)
        {
            foreach (var entry in row.Index.Records)
            {
                var run = row.Index.RunOf(entry);
                foreach (var place in places)
                {
                    if (entry.Offset >= place.Cursor.Next && place.Subscription.IsListed(run.Sets[entry.Set], run.RoutedBy))
                        lags[place.Row]++;
                }
            }

            return;
        }

        foreach (var record in new ForwardedRow(row, forwardedTopic).Records)
        {
            foreach (var place in places)
            {
                if (
                    record.Offset >= place.Cursor.Next
                    && place.Has(record)
                    && await place.Taking.TakesAsync(record, place.Cursor.Judge, cancellationToken)
                )
                    lags[place.Row]++;
            }
        }
    }

    private sealed record Place(int Row, SubscriptionRow Subscription, int Shard, FeedCursor Cursor, Taking Taking)
    {
        public bool Has(ForwardedRecord record) => Subscription.ShardOf(record.Partition, record.Content.Key) == Shard;
    }
}
