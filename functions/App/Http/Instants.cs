using System.Globalization;

namespace FuncQueue.Functions.Http;

/// <summary>Instants on the wire: RFC 3339, section 5.6; ours are UTC with milliseconds.</summary>
internal static class Instants
{
    public const string Rule = "Must be an RFC 3339 instant, as 2026-01-31T12:00:00Z.";

    private const string ToTheMinute = "yyyy-MM-dd'T'HH:mm";

    /// <summary>
    /// Reads an instant of any precision, rounded up to the next millisecond. Second 60, of a leap second, is the next minute.
    /// </summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        var upper = text.ToUpperInvariant().AsSpan();
        if (upper.Length < ToTheMinute.Length - 2 + 4 || !TryReadOffset(ref upper, out var offset))
            return false;
        var head = upper[..ToTheMinute.Replace("'T'", "T", StringComparison.Ordinal).Length].ToString();
        var rest = upper[head.Length..];
        if (
            !DateTime.TryParseExact(head, ToTheMinute, CultureInfo.InvariantCulture, DateTimeStyles.None, out var minute)
            || rest.Length < 3
            || rest[0] != ':'
            || !AreDigits(rest[1..3])
            || int.Parse(rest[1..3], CultureInfo.InvariantCulture) is not (<= 60 and var seconds)
            || !TryReadFraction(rest[3..], out var fraction)
        )
            return false;
        var ticks = minute.Ticks - offset.Ticks + (seconds * TimeSpan.TicksPerSecond) + (fraction * TimeSpan.TicksPerMillisecond);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks || offset.Duration() > TimeSpan.FromHours(14))
            return false;
        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    public static string Format(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Takes the offset off the end; RFC 3339 has no instants without one.</summary>
    private static bool TryReadOffset(ref ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text[^1] == 'Z')
        {
            text = text[..^1];
            return true;
        }

        var end = text[^6..];
        if (
            end[0] is not ('+' or '-')
            || end[3] != ':'
            || !AreDigits(end[1..3])
            || !AreDigits(end[4..])
            || int.Parse(end[1..3], CultureInfo.InvariantCulture) is not (<= 23 and var hours)
            || int.Parse(end[4..], CultureInfo.InvariantCulture) is not (<= 59 and var minutes)
        )
            return false;
        offset = new TimeSpan(hours, minutes, 0) * (end[0] == '-' ? -1 : 1);
        text = text[..^6];
        return true;
    }

    /// <summary>The fraction of a second in milliseconds, rounded up: what is due is never due before its instant.</summary>
    private static bool TryReadFraction(ReadOnlySpan<char> text, out int milliseconds)
    {
        milliseconds = 0;
        if (text.IsEmpty)
            return true;
        if (text.Length < 2 || text[0] != '.' || !AreDigits(text[1..]))
            return false;
        var digits = text[1..];
        for (var i = 0; i < 3; i++)
            milliseconds = (milliseconds * 10) + (i < digits.Length ? digits[i] - '0' : 0);
        if (digits.Length > 3 && digits[3..].ContainsAnyExcept('0'))
            milliseconds++;
        return true;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;
}
