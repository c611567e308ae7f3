using CsCheck;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Tests.Topics.Log;

/// <summary>Which appends are stored where, and how they become rows: decisions without storage.</summary>
public sealed class PlacementTests
{
    private static readonly Gen<PendingRecord> Record = Gen.Select(
        Gen.Int[0, 5].Select(size => size == 5 ? 40_000 : size * 300),
        Gen.Bool,
        Gen.Int[0, 6],
        (bytes, isPayload, key) =>
            new PendingRecord
            {
                Encoded = new byte[bytes],
                BodyLength = bytes,
                Routable = new Routable($"{key}", new Dictionary<string, string>(), null),
                Upload = isPayload ? (Guid.NewGuid(), default) : null,
            }
    );

    [Fact]
    public void What_is_placed_lies_next_to_each_other_and_each_is_placed_or_refused()
    {
        var append = Gen.Select(Record.Array[1, 4], Gen.Nullable(Gen.Long[95, 110]), Gen.Int[0, 4]);
        append
            .Array[1, 20]
            .Sample(
                given =>
                {
                    var appends = new List<PendingAppend>();
                    foreach (var (records, expected, behind) in given)
                    {
                        appends.Add(
                            new PendingAppend
                            {
                                Records = records,
                                ExpectedOffset = expected,
                                Behind = behind > 0 && appends.Count >= behind ? appends[^behind] : null,
                            }
                        );
                    }

                    var placement = Placement.Decide(appends, 100, NoRoutes.Instance);
                    (placement.Placed.Count + placement.Refused.Count).ShouldBe(appends.Count);
                    var next = 100L;
                    foreach (var (placed, first) in placement.Placed)
                    {
                        first.ShouldBe(next);
                        (placed.ExpectedOffset ?? first).ShouldBe(first);
                        if (placed.Behind is { } before)
                            placement.Placed.ShouldContain(p => ReferenceEquals(p.Append, before) && p.First < first);
                        next += placed.Records.Count;
                    }

                    placement.Next.ShouldBe(next);
                    foreach (var (refused, why) in placement.Refused)
                    {
                        if (why is Failure.EarlierFailed)
                            placement.Refused.ShouldContain(r => ReferenceEquals(r.Append, refused.Behind));
                        else
                            why.ShouldBeOfType<Failure.OffsetMismatch>().NextOffset.ShouldNotBe(refused.ExpectedOffset!.Value);
                    }
                },
                iter: 2000
            );
    }

    [Fact]
    public void Rows_hold_all_records_in_order_within_the_limits_of_a_row()
    {
        var routes = new ByNumber();
        Record
            .Array[1, 3000]
            .Sample(
                records =>
                {
                    var appends = records.Select(r => new PendingAppend { Records = [r] }).ToList();
                    var placement = Placement.Decide(appends, 7, routes);
                    var rows = RecordRows.Compose(3, placement, routes, DateTimeOffset.UnixEpoch, Guid.NewGuid());
                    var offset = 7L;
                    foreach (var row in rows)
                    {
                        row.First.ShouldBe(offset);
                        row.Count.ShouldBeLessThanOrEqualTo(RecordRows.MaxRecords);
                        row.Index.Records.Count(r => r.Payload is not null).ShouldBeLessThanOrEqualTo(64);
                        RecordIndexCodec.Encode(row.Index).Length.ShouldBeLessThanOrEqualTo(64 * 1024);
                        (row.Data!.Value.Length <= RecordRows.MaxBytes || row.Count == 1).ShouldBeTrue();
                        foreach (var entry in row.Index.Records)
                        {
                            entry.Offset.ShouldBe(offset);
                            var record = records[offset - 7];
                            entry.EncodedLength.ShouldBe(record.Encoded.Length);
                            row.Index.SetOf(entry).ShouldBe(routes.Route(record.Routable));
                            offset++;
                        }

                        row.Last.ShouldBe(offset - 1);
                    }

                    offset.ShouldBe(7 + records.Length);
                },
                iter: 30
            );
    }

    /// <summary>Takes records by many subscriptions, up to a thousand.</summary>
    private sealed class ByNumber : IRoutes
    {
        public long Version => 9;

        public bool HasAlternate => false;

        public SubscriptionSet Route(in Routable record)
        {
            var step = int.Parse(record.RoutingKey, System.Globalization.CultureInfo.InvariantCulture);
            return step == 0 ? SubscriptionSet.None : SubscriptionSet.Of(Enumerable.Range(0, 1000).Select(i => i * step * 1000));
        }
    }
}
