using System.Globalization;
using Azure;

namespace FuncQueue.Engine.Storage;

/// <summary>The instant that an ETag of Table Storage is made of, <c>W/"datetime'…'"</c>: a quarter of its length.</summary>
internal static class ETagTime
{
    private const string Before = "W/\"datetime'";
    private const string After = "'\"";
    private const string Format = "yyyy-MM-dd'T'HH'%3A'mm'%3A'ss.fffffff'Z'";

    /// <summary>In ticks; null for an ETag that cannot be made of them again.</summary>
    public static long? TicksOf(ETag etag)
    {
        var text = etag.ToString("H");
        if (!text.StartsWith(Before, StringComparison.Ordinal) || !text.EndsWith(After, StringComparison.Ordinal))
            return null;
        return DateTime.TryParseExact(
            text.AsSpan()[Before.Length..^After.Length],
            Format,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time.Ticks
            : null;
    }

    public static ETag At(long ticks) =>
        new(Before + new DateTime(ticks, DateTimeKind.Utc).ToString(Format, CultureInfo.InvariantCulture) + After);
}
