using CsCheck;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>An id names a place, as a UUID of version 8.</summary>
public sealed class MessageIdTests
{
    [Fact]
    public void An_id_leads_back_to_its_place() =>
        Any.Location.Sample(location =>
        {
            var id = location.ToId();
            MessageLocation.TryParse(id, out var back).ShouldBeTrue();
            back.ShouldBe(location);
        });

    [Fact]
    public void An_id_is_printed_and_read_as_a_uuid_of_version_8() =>
        Any.Location.Sample(location =>
        {
            var id = location.ToId();
            var text = id.ToString();
            text[14].ShouldBe('8');
            "89ab".ShouldContain(text[19]);
            Guid.Parse(text).ShouldBe(id.ToGuid());
            MessageId.TryParse(text, out var back).ShouldBeTrue();
            back.ShouldBe(id);
            MessageId.TryParse(text.ToUpperInvariant(), out back).ShouldBeTrue();
            back.ShouldBe(id);
        });

    [Fact]
    public void Different_places_have_different_ids() =>
        Gen.Select(Any.Location, Any.Location).Sample((a, b) => (a.ToId() == b.ToId()).ShouldBe(a == b));

    [Fact]
    public void Ids_sort_by_time_of_birth() =>
        Gen.Select(Any.Location, Any.Location)
            .Sample(
                (a, b) =>
                {
                    if (a.Row.TimeMicros < b.Row.TimeMicros)
                        string.CompareOrdinal(a.ToId().ToString(), b.ToId().ToString()).ShouldBeLessThan(0);
                }
            );

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("11111111-1111-4111-8111-111111111111")]
    [InlineData("ffffffff-ffff-8fff-bfff-ffffffffffff")]
    [InlineData("{06610619-f93c-8d23-8c00-000000000000}")]
    [InlineData("06610619f93c8d238c00000000000000")]
    public void What_is_no_id_is_not_read_as_one(string? text) => MessageId.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Any_uuid_is_an_id_of_one_place_or_none() =>
        Gen.Guid.Sample(guid =>
        {
            if (MessageId.TryParse(guid.ToString(), out var id) && MessageLocation.TryParse(id, out var location))
                location.ToId().ShouldBe(id);
        });

    [Fact]
    public void The_key_of_a_birth_row_leads_back_to_it() =>
        Any.Birth.Sample(birth =>
        {
            birth.Key.Length.ShouldBe(BirthRow.KeyLength);
            birth.Key.ShouldAllBe(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
            BirthRow.TryParse(birth.Key, out var back).ShouldBeTrue();
            back.ShouldBe(birth);
        });

    [Fact]
    public void The_key_of_a_dead_letter_leads_back_to_its_birth_row_and_place() =>
        Any.Location.Sample(location =>
        {
            BatchRow.TryParseKey(RowKeys.DeadLetter(location.Row.Key, location.Index), out var birth, out var index).ShouldBeTrue();
            (birth, index).ShouldBe((location.Row, location.Index));
        });

    [Fact]
    public void Keys_sort_high_lanes_first_and_oldest_first_and_scheduled_rows_by_due_instant_last() =>
        Gen.Select(Any.Birth, Any.Birth)
            .Sample(
                (a, b) =>
                {
                    var expected = (a.Kind, b.Kind) switch
                    {
                        (RowKind.Immediate, RowKind.Immediate) => (a.Lane, a.TimeMicros).CompareTo((b.Lane, b.TimeMicros)),
                        (RowKind.Scheduled, RowKind.Scheduled) => a.TimeMicros.CompareTo(b.TimeMicros),
                        _ => a.Kind.CompareTo(b.Kind),
                    };
                    if (expected != 0)
                        Math.Sign(string.CompareOrdinal(a.Key, b.Key)).ShouldBe(Math.Sign(expected));
                }
            );

    [Fact]
    public void Keys_that_were_cut_or_changed_are_not_read_as_others() =>
        Gen.Select(Any.Birth, Gen.Int[0, 100], Gen.Char['\u0000', '\u007f'])
            .Sample(
                (birth, place, other) =>
                {
                    var changed = birth.Key.ToCharArray();
                    changed[place % changed.Length] = other;
                    if (BirthRow.TryParse(changed, out var read))
                        read.Key.ShouldBe(new string(changed));
                    BirthRow.TryParse(birth.Key.AsSpan(0, place % birth.Key.Length), out _).ShouldBeFalse();
                }
            );
}
