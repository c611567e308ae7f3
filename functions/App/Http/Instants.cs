using System.Globalization;

namespace FuncQueue.Functions.Http;

/// <summary>Instants on the wire: RFC 3339; ours are UTC with milliseconds.</summary>
internal static class Instants
{
    public const string Rule = "Must be an RFC 3339 instant, as 2026-01-31T12:00:00Z.";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.fK", "yyyy-MM-dd'T'HH:mm:ss.ffK", "yyyy-MM-dd'T'HH:mm:ss.fffK",
        "yyyy-MM-dd'T'HH:mm:ss.ffffK", "yyyy-MM-dd'T'HH:mm:ss.fffffK", "yyyy-MM-dd'T'HH:mm:ss.ffffffK", "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
    ];

    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        // An offset is part of RFC 3339; K alone would also take its absence.
        return text.Length > 19
            && (text[^1] is 'Z' or 'z' || (text.Length > 6 && text[^6] is '+' or '-'))
            && DateTimeOffset.TryParseExact(text.ToUpperInvariant(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant);
    }

    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
