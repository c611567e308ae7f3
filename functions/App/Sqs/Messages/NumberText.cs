namespace FuncQueue.Functions.Sqs.Messages;

/// <summary>
/// The values of attributes of type Number: up to 38 digits of precision, from 10^-128 to 10^126 or 0, either sign (developer guide,
/// message attribute data types). They are kept as they are written.
/// </summary>
internal static class NumberText
{
    private const int MaxLength = 256;
    private const int MaxDigits = 38;
    private const int MinExponent = -128;
    private const int MaxExponent = 126;

    public static bool IsNumber(string text)
    {
        if (text.Length > MaxLength)
            return false;
        var rest = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        var exponent = 0;
        if (rest.IndexOfAny('e', 'E') is >= 0 and var at)
        {
            if (!TryReadExponent(rest[(at + 1)..], out exponent))
                return false;
            rest = rest[..at];
        }

        var point = rest.IndexOf('.');
        var whole = point < 0 ? rest : rest[..point];
        var fraction = point < 0 ? default : rest[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || !AreDigits(whole) || !AreDigits(fraction))
            return false;
        var digits = string.Concat(whole, fraction);
        var significant = digits.TrimStart('0');
        if (significant.Length == 0)
            return true;
        // The power of ten of the first digit that counts.
        var power = exponent + whole.Length - 1 - (digits.Length - significant.Length);
        significant = significant.TrimEnd('0');
        return significant.Length <= MaxDigits
            && power >= MinExponent
            && (power < MaxExponent || (power == MaxExponent && significant == "1"));
    }

    private static bool TryReadExponent(ReadOnlySpan<char> text, out int exponent)
    {
        var negative = text is ['-', ..];
        var digits = text is ['+' or '-', ..] ? text[1..] : text;
        exponent = 0;
        if (digits.IsEmpty || !AreDigits(digits))
            return false;
        foreach (var digit in digits)
            // Beyond every range long before it is beyond an int.
            exponent = Math.Min((exponent * 10) + digit - '0', MaxLength * 10);
        exponent = negative ? -exponent : exponent;
        return true;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;
}
