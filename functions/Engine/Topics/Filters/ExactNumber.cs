using System.Globalization;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// A number as JSON writes it (RFC 8259, section 6), compared exactly: 301.5 is 3.015e2, and no digit is rounded away. The default is zero.
/// </summary>
internal readonly struct ExactNumber : IEquatable<ExactNumber>, IComparable<ExactNumber>
{
    /// <summary>How many digits <see cref="head"/> has.</summary>
    private const int HeadDigits = 19;

    /// <summary>
    /// Exponents beyond are taken for this one; filters have none so large, so what a message says of such a number stays true.
    /// </summary>
    private const int Saturation = 1_000_000_000;

    private readonly int sign;

    /// <summary>The value is 0.d1d2d3… times ten to this power, where d1 is not 0.</summary>
    private readonly int power;

    /// <summary>d1 to d19 as an integer.</summary>
    private readonly ulong head;

    /// <summary>The digits behind, without zeros at the end; null where there are none.</summary>
    private readonly string? tail;

    private ExactNumber(int sign, int power, ulong head, string? tail)
    {
        this.sign = sign;
        this.power = power;
        this.head = head;
        this.tail = tail;
    }

    /// <summary>About the decimal logarithm of the number without its sign; 0 for zero.</summary>
    public int Magnitude => power;

    /// <summary>Reads the whole of a text as a number; false where JSON would not take it for one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactNumber number)
    {
        number = default;
        var negative = text is ['-', ..];
        var rest = negative ? text[1..] : text;
        var whole = Digits(rest);
        if (whole.IsEmpty || whole is ['0', _, ..])
            return false;
        rest = rest[whole.Length..];
        ReadOnlySpan<char> fraction = default;
        if (rest is ['.', ..])
        {
            fraction = Digits(rest[1..]);
            if (fraction.IsEmpty)
                return false;
            rest = rest[(1 + fraction.Length)..];
        }

        var exponent = 0;
        if (rest is ['e' or 'E', ..])
        {
            rest = rest[1..];
            var down = rest is ['-', ..];
            if (rest is ['-' or '+', ..])
                rest = rest[1..];
            var digits = Digits(rest);
            if (digits.IsEmpty)
                return false;
            rest = rest[digits.Length..];
            exponent = down ? -Saturated(digits) : Saturated(digits);
        }

        if (!rest.IsEmpty)
            return false;
        number = Create(negative, whole, fraction, exponent);
        return true;
    }

    /// <summary>Reads what a JSON reader has taken for a number.</summary>
    public static ExactNumber Parse(ReadOnlySpan<byte> json)
    {
        const int OnStack = 64;
        var text = json.Length <= OnStack ? stackalloc char[OnStack] : new char[json.Length];
        text = text[..json.Length];
        for (var i = 0; i < json.Length; i++)
            text[i] = (char)json[i];
        return TryParse(text, out var number) ? number : throw new FormatException("No number of JSON.");
    }

    public int CompareTo(ExactNumber other) => Compare(this, other);

    /// <summary>−1, 0 or 1.</summary>
    public static int Compare(in ExactNumber one, in ExactNumber other)
    {
        if (one.sign != other.sign)
            return one.sign < other.sign ? -1 : 1;
        int bySize;
        if (one.power != other.power)
            bySize = one.power < other.power ? -1 : 1;
        else if (one.head != other.head)
            bySize = one.head < other.head ? -1 : 1;
        else
            bySize = ReferenceEquals(one.tail, other.tail) ? 0 : Math.Sign(string.CompareOrdinal(one.tail ?? "", other.tail ?? ""));
        return one.sign < 0 ? -bySize : bySize;
    }

    public bool Equals(ExactNumber other) =>
        head == other.head && power == other.power && sign == other.sign && string.Equals(tail, other.tail, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is ExactNumber other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(sign, power, head, tail);

    public override string ToString()
    {
        if (sign == 0)
            return "0";
        var digits = (head.ToString(CultureInfo.InvariantCulture) + tail).TrimEnd('0');
        var text = power switch
        {
            > 21 or < -5 =>
                $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(power - 1).ToString(CultureInfo.InvariantCulture)}",
            <= 0 => $"0.{new string('0', -power)}{digits}",
            _ when power >= digits.Length => digits.PadRight(power, '0'),
            _ => digits.Insert(power, "."),
        };
        return sign < 0 ? "-" + text : text;
    }

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text : text[..end];
    }

    private static int Saturated(ReadOnlySpan<char> digits)
    {
        var value = 0L;
        foreach (var digit in digits)
            value = Math.Min(Saturation, (value * 10) + (digit - '0'));
        return (int)value;
    }

    private static ExactNumber Create(bool negative, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, int exponent)
    {
        // A number other than 0 has its first digit in front of the point unless that is the one 0 there.
        var point = whole is ['0'] ? 0 : whole.Length;
        var digits = fraction.IsEmpty ? whole : string.Concat(whole, fraction);
        if (point == 0)
            digits = digits[1..];
        var leading = digits.IndexOfAnyExcept('0');
        if (leading < 0)
            return default;
        digits = digits[leading..].TrimEnd('0');
        var head = 0UL;
        for (var i = 0; i < HeadDigits; i++)
            head = (head * 10) + (i < digits.Length ? digits[i] - (ulong)'0' : 0);
        return new ExactNumber(
            negative ? -1 : 1,
            (int)Math.Clamp((long)point - leading + exponent, -Saturation, Saturation),
            head,
            digits.Length > HeadDigits ? new string(digits[HeadDigits..]) : null
        );
    }
}
