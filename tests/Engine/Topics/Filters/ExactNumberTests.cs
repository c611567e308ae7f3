using CsCheck;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>Numbers are compared by their value, to the last digit.</summary>
public sealed class ExactNumberTests
{
    private static readonly Gen<string> Digits = Gen.Char['0', '9'].Array[1, 25].Select(d => new string(d));

    private static readonly Gen<string> Number = Gen.Select(
        Gen.Bool,
        Gen.Frequency((1, Gen.Const("0")), (3, Digits.Select(d => d.TrimStart('0')).Where(d => d.Length > 0))),
        Gen.Frequency((1, Gen.Const("")), (2, Digits.Select(d => "." + d))),
        Gen.Frequency((1, Gen.Const("")), (2, Gen.Select(Gen.OneOf("e", "E", "e+", "e-"), Gen.Int[0, 30], (e, n) => $"{e}{n}"))),
        (negative, whole, fraction, exponent) => $"{(negative ? "-" : "")}{whole}{fraction}{exponent}"
    );

    [Fact]
    public void Numbers_compare_as_the_whole_numbers_that_they_are_multiples_of() =>
        Gen.Select(Number, Number)
            .Sample(
                (one, other) =>
                {
                    var order = Math.Sign(NaiveFilters.Compare(one, other));
                    ExactNumber.Compare(Parse(one), Parse(other)).ShouldBe(order);
                    Parse(one).Equals(Parse(other)).ShouldBe(order == 0);
                },
                iter: 20_000
            );

    [Fact]
    public void Numbers_written_differently_are_equal_with_equal_hashes() =>
        Gen.Select(Number, Gen.Int[0, 5])
            .Sample(
                (text, zeros) =>
                {
                    var parts = text.ToLowerInvariant().Split('e');
                    var exponent = parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
                    var padded = parts[0] + (parts[0].Contains('.', StringComparison.Ordinal) ? "" : ".0") + new string('0', zeros);
                    var other = Parse($"{padded}e{exponent}");
                    other.ShouldBe(Parse(text));
                    other.GetHashCode().ShouldBe(Parse(text).GetHashCode());
                    Parse(other.ToString()).ShouldBe(other);
                },
                iter: 5000
            );

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e+-1")]
    [InlineData("1e1.5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("0x1")]
    [InlineData("NaN")]
    [InlineData("1,5")]
    [InlineData("--1")]
    [InlineData("١")]
    public void What_JSON_takes_for_no_number_is_none(string text) => ExactNumber.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("0.1", "0.10000000000000000555")]
    [InlineData("1e400", "1e401")]
    [InlineData("1e-400", "0")]
    [InlineData("12345678901234567890123", "12345678901234567890124")]
    public void No_digit_is_rounded_away(string one, string other) => Parse(one).ShouldNotBe(Parse(other));

    [Theory]
    [InlineData("0", "-0.00e5")]
    [InlineData("100", "1E+2")]
    [InlineData("0.00012e4", "1.2")]
    public void Only_the_value_counts(string one, string other) => Parse(one).ShouldBe(Parse(other));

    [Fact]
    public void Exponents_beyond_all_measure_are_read_in_time()
    {
        var huge = Parse("1e99999999999999999999999999");
        huge.CompareTo(Parse("9e99999")).ShouldBe(1);
        Parse("1e-99999999999999999999999999").CompareTo(Parse("1e-99999")).ShouldBe(-1);
        Parse("-1e99999999999999999999999999").CompareTo(huge).ShouldBe(-1);
        Parse("0e99999999999999999999999999").ShouldBe(default);
    }

    private static ExactNumber Parse(string text)
    {
        ExactNumber.TryParse(text, out var number).ShouldBeTrue(text);
        return number;
    }
}
