using CsCheck;
using FuncQueue.Engine.Figures;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>The columns of figures, back and forth, and what is no such column.</summary>
public sealed class CountCodecTests
{
    private static readonly Gen<long> Number = Gen.OneOf(Gen.Long[0, 5], Gen.Long[0, long.MaxValue - 1]);

    private static readonly Gen<DateTimeOffset> Second = Gen.Long[0, 250_000_000_000].Select(DateTimeOffset.FromUnixTimeSeconds);

    private static readonly Gen<PastCount> Count =
        from numbers in Number.Array[4]
        from oldest in Second
        from hasOldest in Gen.Bool
        from knows in Gen.Bool
        from later in Gen.Select(Second, Gen.Int[1, 1000], (at, count) => new DueLater(at, count)).Array[0, 60]
        from at in Second
        select new PastCount(
            new ShardCount(new MessageCounts(numbers[0], numbers[1], numbers[2], numbers[3]), hasOldest ? oldest : null)
            {
                KnowsScheduled = knows,
                Later = later,
            },
            at
        );

    private static readonly Gen<QueueSample> Sample =
        from numbers in Number.Array[6]
        from at in Second
        from scheduled in Number
        from knows in Gen.Bool
        from age in Gen.Int[-1, 100_000]
        select new QueueSample
        {
            At = at,
            Ready = numbers[0],
            Leased = numbers[1],
            Scheduled = knows ? scheduled : null,
            DeadLettered = numbers[2],
            OldestMessageAge = age < 0 ? null : TimeSpan.FromSeconds(age),
            Since = new QueueFlow(numbers[3], numbers[4], numbers[5]),
        };

    [Fact]
    public void Counts_of_shards_come_back_as_they_were()
    {
        Gen.Dictionary(Gen.Int[0, 31], Count)[0, 32]
            .Sample(shards =>
            {
                var back = CountCodec.DecodeShards(CountCodec.EncodeShards(shards));
                back.Keys.Order().ShouldBe(shards.Keys.Order());
                foreach (var (shard, count) in shards)
                {
                    back[shard].At.ShouldBe(count.At);
                    back[shard].Count.SameAs(count.Count).ShouldBeTrue();
                }
            });
    }

    [Fact]
    public void Samples_come_back_as_they_were() =>
        Sample.List[0, 60].Sample(samples => CountCodec.DecodeSamples(CountCodec.EncodeSamples(samples)).ShouldBe(samples));

    [Fact]
    public void An_hour_of_samples_and_the_counts_of_all_shards_fit_a_property_whatever_is_in_the_queue()
    {
        // 64 KiB is what Table Storage takes of bytes.
        Sample.List[60].Sample(samples => CountCodec.EncodeSamples(samples).Length.ShouldBeLessThan(64 * 1024));
        Gen.Dictionary(Gen.Int[0, 31], Count)[32].Sample(shards => CountCodec.EncodeShards(shards).Length.ShouldBeLessThan(64 * 1024));
    }

    [Fact]
    public void What_is_cut_or_of_another_version_is_told_from_what_can_be_read()
    {
        Should.Throw<UnsupportedFormatException>(() => CountCodec.DecodeShards(null));
        Should.Throw<UnsupportedFormatException>(() => CountCodec.DecodeSamples([]));
        Gen.Select(Gen.Dictionary(Gen.Int[0, 31], Count)[1, 3], Gen.Int[1, 10])
            .Sample(
                (shards, cut) =>
                {
                    var bytes = CountCodec.EncodeShards(shards);
                    Should.Throw<UnsupportedFormatException>(() => CountCodec.DecodeShards([(byte)(bytes[0] + 1), .. bytes[1..]]));
                    Should.Throw<UnsupportedFormatException>(() => CountCodec.DecodeShards(bytes[..^1]));
                }
            );
        // Whatever bytes they are: read, or refused.
        Gen.Byte.Array[0, 200]
            .Sample(bytes =>
            {
                foreach (var decode in new Action<byte[]>[] { b => CountCodec.DecodeShards(b), b => CountCodec.DecodeSamples(b) })
                {
                    try
                    {
                        decode([CountCodec.Version, .. bytes]);
                    }
                    catch (UnsupportedFormatException)
                    {
                        // As it should be.
                    }
                }
            });
    }
}
