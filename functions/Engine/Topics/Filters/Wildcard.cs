namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// A pattern in which <c>*</c> is any run of characters. Text is searched once from left to right, so the time grows with the text and not
/// with the number of ways in which the pattern could lie in it.
/// </summary>
internal sealed class Wildcard
{
    /// <summary>Up to this length a part is found by plain search, which compares each place at most this often.</summary>
    private const int Short = 16;

    private readonly string[] parts;
    private readonly int[]?[] borders;
    private readonly int least;

    private Wildcard(string[] parts)
    {
        this.parts = parts;
        least = parts.Sum(p => p.Length);
        borders = [.. parts.Select((part, i) => i > 0 && i < parts.Length - 1 && part.Length > Short ? Borders(part) : null)];
    }

    /// <summary>
    /// Reads a pattern: <c>\*</c> is an asterisk and <c>\\</c> a backslash, as in Amazon's Event Ruler. The fault is a sentence, or null.
    /// </summary>
    public static Wildcard? Parse(string pattern, out string? fault)
    {
        var parts = new List<string>();
        var part = new System.Text.StringBuilder();
        fault = null;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when i > 0 && pattern[i - 1] == '*' && part.Length == 0:
                    fault = "Two wildcards must not follow each other.";
                    return null;
                case '*':
                    parts.Add(part.ToString());
                    part.Clear();
                    break;
                case '\\' when i + 1 < pattern.Length && pattern[i + 1] is '*' or '\\':
                    part.Append(pattern[++i]);
                    break;
                case '\\':
                    fault = "A backslash must stand in front of * or another backslash.";
                    return null;
                case var other:
                    part.Append(other);
                    break;
            }
        }

        parts.Add(part.ToString());
        return new Wildcard([.. parts]);
    }

    public bool Matches(string text)
    {
        if (parts.Length == 1)
            return string.Equals(text, parts[0], StringComparison.Ordinal);
        if (
            text.Length < least
            || !text.StartsWith(parts[0], StringComparison.Ordinal)
            || !text.EndsWith(parts[^1], StringComparison.Ordinal)
        )
            return false;
        var rest = text.AsSpan(parts[0].Length, text.Length - parts[0].Length - parts[^1].Length);
        for (var i = 1; i < parts.Length - 1; i++)
        {
            var at = borders[i] is { } known ? Find(rest, parts[i], known) : rest.IndexOf(parts[i], StringComparison.Ordinal);
            if (at < 0)
                return false;
            rest = rest[(at + parts[i].Length)..];
        }

        return true;
    }

    /// <summary>
    /// Of each beginning of a text, the length of its longest shorter beginning that it ends with (Knuth, Morris and Pratt).
    /// </summary>
    private static int[] Borders(string text)
    {
        var borders = new int[text.Length];
        for (int i = 1, length = 0; i < text.Length; i++)
        {
            while (length > 0 && text[i] != text[length])
                length = borders[length - 1];
            if (text[i] == text[length])
                length++;
            borders[i] = length;
        }

        return borders;
    }

    private static int Find(ReadOnlySpan<char> text, string part, int[] borders)
    {
        for (int i = 0, length = 0; i < text.Length; i++)
        {
            while (length > 0 && text[i] != part[length])
                length = borders[length - 1];
            if (text[i] == part[length])
                length++;
            if (length == part.Length)
                return i + 1 - length;
        }

        return -1;
    }
}
