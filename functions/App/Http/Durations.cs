using System.Globalization;
using System.Text.Json;

namespace FuncQueue.Functions.Http;

/// <summary>Durations on the wire: seconds, in decimal, with up to three digits behind the point and no exponent.</summary>
internal static class Durations
{
    public const string Rule = "Must be a number of seconds with at most three digits behind the point.";

    /// <summary>
    /// Stands in for what is too long to count with: out of every range, so that the range's fault is what the caller reads.
    /// </summary>
    private static readonly TimeSpan FarTooLong = TimeSpan.FromSeconds(Query.FarTooMany);

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        var negative = text is ['-', ..];
        var rest = negative ? text[1..] : text;
        var point = rest.IndexOf('.');
        var whole = point < 0 ? rest : rest[..point];
        var fraction = point < 0 ? default : rest[(point + 1)..];
        if (whole.IsEmpty || !AreDigits(whole) || (point >= 0 && (fraction.Length is 0 or > 3 || !AreDigits(fraction))))
            return false;
        var milliseconds = 0;
        for (var i = 0; i < 3; i++)
            milliseconds = (milliseconds * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        duration =
            long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < Query.FarTooMany
                ? new TimeSpan((seconds * TimeSpan.TicksPerSecond) + (milliseconds * TimeSpan.TicksPerMillisecond))
                : FarTooLong;
        if (negative)
            duration = -duration;
        return true;
    }

    /// <summary>Writes a duration without zeros at its end; what is shorter than a millisecond is left out.</summary>
    public static void Write(Utf8JsonWriter writer, string name, TimeSpan duration)
    {
        var milliseconds = duration.Ticks / TimeSpan.TicksPerMillisecond;
        if (milliseconds % 1000 == 0)
            writer.WriteNumber(name, milliseconds / 1000);
        else
            writer.WriteNumber(name, milliseconds / 1000m / 1.000m);
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;
}
