using System.Text;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Http;

/// <summary>Attributes in headers <c>x-attribute-NAME</c>: the name in lower case, the value as percent-encoded UTF-8.</summary>
internal static class AttributeHeaders
{
    /// <summary>As sent, names included: the Functions host takes 32 KiB of headers in all, and answers more with an empty 431.</summary>
    public const int MaxBytes = 24 * 1024;

    private const string Prefix = "x-attribute-";

    private static readonly Dictionary<string, string> None = [];
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static IReadOnlyDictionary<string, string> Read(IHeaderDictionary headers, Faults faults)
    {
        Dictionary<string, string>? attributes = null;
        var size = 0;
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            var field = header.ToLowerInvariant();
            size += header.Length + values.Sum(value => value?.Length ?? 0);
            if (!RepeatedHeader.IsSingle(values))
                faults.Add(field, RepeatedHeader.Detail);
            else if (!TryDecode(values[0]!, out var value))
                faults.Add(field, "Must be percent-encoded UTF-8.");
            else
                (attributes ??= new Dictionary<string, string>(StringComparer.Ordinal))[field[Prefix.Length..]] = value;
        }

        if (size > MaxBytes)
            faults.Add(
                "attributes",
                $"In headers they take at most {MaxBytes} bytes as sent, names included; a batch in JSON takes {Limits.MaxAttributeBytes}."
            );
        return attributes ?? None;
    }

    private static bool TryDecode(string text, out string value)
    {
        value = text;
        if (Ascii.IsValid(text) && !text.Contains('%', StringComparison.Ordinal))
            return true;
        var bytes = new byte[text.Length];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] > '\x7f')
                return false;
            if (text[i] != '%')
            {
                bytes[count++] = (byte)text[i];
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                return false;
            bytes[count++] = Convert.FromHexString(text.AsSpan(i + 1, 2))[0];
            i += 2;
        }

        try
        {
            value = Strict.GetString(bytes, 0, count);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
