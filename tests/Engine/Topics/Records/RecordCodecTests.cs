using CsCheck;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Tests.Topics.Records;

/// <summary>What rows of records hold leads back to what was put in; what this version cannot read is refused, not guessed.</summary>
public sealed class RecordCodecTests
{
    [Fact]
    public void A_record_leads_back_to_itself() =>
        AnyRecord.Content.Sample(
            content =>
            {
                var bytes = RecordCodec.Encode(content);
                RecordCodec.RequireWhole(bytes).ShouldBe(content.Body.Length);
                ExpectSame(RecordCodec.Decode(bytes), content);
            },
            iter: 1000
        );

    [Fact]
    public void A_record_with_fields_of_a_later_version_is_read_without_them() =>
        Gen.Select(AnyRecord.Content, Gen.Byte[100, 255], Gen.Byte.Array[0, 127])
            .Sample(
                (content, tag, value) =>
                {
                    byte[] unknown = [tag, (byte)value.Length, .. value];
                    ExpectSame(RecordCodec.Decode((byte[])[.. unknown, .. RecordCodec.Encode(content), .. unknown]), content);
                },
                iter: 500
            );

    [Fact]
    public void Any_bytes_are_read_as_a_record_or_refused() =>
        Gen
            .Byte.Array[0, 60]
            .Sample(
                bytes =>
                {
                    var (whole, read) = (Attempt(() => RecordCodec.RequireWhole(bytes)), Attempt(() => RecordCodec.Decode(bytes)));
                    whole.ShouldBe(read);
                },
                iter: 20_000
            );

    [Fact]
    public void An_index_leads_back_to_itself() =>
        AnyRecord.Index.Sample(
            index =>
            {
                var read = RecordIndexCodec.Decode(RecordIndexCodec.Encode(index));
                read.First.ShouldBe(index.First);
                read.Last.ShouldBe(index.Last);
                read.Records.ShouldBe(index.Records);
                read.Runs.Count.ShouldBe(index.Runs.Count);
                foreach (var (a, b) in read.Runs.Zip(index.Runs))
                {
                    (a with { Sets = b.Sets }).ShouldBe(b);
                    a.Sets.ShouldBe(b.Sets);
                }
            },
            iter: 2000
        );

    [Fact]
    public void The_set_of_a_record_is_that_of_the_run_that_it_lies_in() =>
        AnyRecord.Index.Sample(
            index =>
            {
                foreach (var record in index.Records)
                {
                    var run = index.Runs.Last(r => r.First <= record.Offset);
                    index.RunOf(record).ShouldBeSameAs(run);
                    index.SetOf(record).ShouldBeSameAs(run.Sets[record.Set]);
                }
            },
            iter: 500
        );

    [Fact]
    public void Any_bytes_are_read_as_an_index_or_refused() =>
        Gen
            .Byte.Array[0, 80]
            .Sample(
                bytes =>
                {
                    Attempt(() => RecordIndexCodec.Decode((byte[])[RecordIndexCodec.Version, .. bytes]));
                },
                iter: 20_000
            );

    [Fact]
    public void An_index_that_was_cut_or_changed_is_refused_or_another_valid_one() =>
        Gen.Select(AnyRecord.Index, Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Bool)
            .Sample(
                (index, at, value, cut) =>
                {
                    var bytes = RecordIndexCodec.Encode(index);
                    if (cut)
                        bytes = bytes[..(at % bytes.Length)];
                    else
                        bytes[at % bytes.Length] = value;
                    Attempt(() =>
                    {
                        var read = RecordIndexCodec.Decode(bytes);
                        read.Records.ShouldAllBe(r => r.Offset >= read.First && r.Offset <= read.Last && read.SetOf(r) != null);
                    });
                },
                iter: 3000
            );

    [Fact]
    public void An_index_of_a_later_version_is_refused()
    {
        var bytes = RecordIndexCodec.Encode(AnyRecord.Index.Single());
        bytes[0] = RecordIndexCodec.Version + 1;
        Should.Throw<UnsupportedFormatException>(() => RecordIndexCodec.Decode(bytes));
    }

    [Fact]
    public void A_thousand_sets_that_lie_close_take_an_eighth_of_a_byte_for_each_subscription()
    {
        var set = SubscriptionSet.Of(Enumerable.Range(1, 1000));
        var run = new RecordRun(0, default, default, 7, [set]);
        RecordIndexCodec.Encode(new RecordIndex(0, 0, [run], [new RecordEntry(0, 10, 5, null, 0)])).Length.ShouldBeLessThan(125 + 60);
    }

    [Fact]
    public void The_ids_of_different_records_differ_and_none_is_that_of_a_message_in_a_queue()
    {
        var ids = new HashSet<MessageId>();
        foreach (var table in new[] { "ta", "tb" })
        {
            foreach (var partition in new[] { 0, 1, 31 })
            {
                foreach (var offset in new long[] { 0, 1, 255, 256, 1L << 55 })
                {
                    var id = RecordId.Of(RecordId.HashOf(table), partition, offset);
                    ids.Add(id).ShouldBeTrue();
                    id.ToString()[14].ShouldBe('8');
                    "89ab".ShouldContain(id.ToString()[19]);
                    MessageId.TryParse(id.ToString(), out _).ShouldBeFalse();
                }
            }
        }
    }

    /// <summary>Whether it could be read; any exception but the one that says no fails the test.</summary>
    private static bool Attempt(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (UnsupportedFormatException)
        {
            return false;
        }
    }

    private static void ExpectSame(RecordContent read, RecordContent content)
    {
        read.Body.Span.SequenceEqual(content.Body.Span).ShouldBeTrue();
        read.Attributes.ShouldBe(content.Attributes, ignoreOrder: true);
        (read with { Body = default, Attributes = content.Attributes }).ShouldBe(content with { Body = default });
    }
}
