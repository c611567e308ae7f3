using System.Text;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>Percent-encoding of bytes (RFC 3986), as forms and signatures have it.</summary>
internal static class PercentEncoding
{
    private const string Hex = "0123456789ABCDEF";

    /// <summary>
    /// Decodes into <paramref name="bytes"/>, which is at least as long; false for a percent sign without two hexadecimal digits.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, bool plusIsSpace, Span<byte> bytes, out int length)
    {
        length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var b = encoded[i];
            if (b == '%')
            {
                if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit((char)encoded[i + 1]) || !char.IsAsciiHexDigit((char)encoded[i + 2]))
                    return false;
                b = (byte)((Digit(encoded[i + 1]) << 4) | Digit(encoded[i + 2]));
                i += 2;
            }
            else if (b == '+' && plusIsSpace)
            {
                b = (byte)' ';
            }

            bytes[length++] = b;
        }

        return true;
    }

    /// <summary>Appends the bytes with all but unreserved characters encoded, in upper case.</summary>
    public static void AppendEncoded(StringBuilder text, ReadOnlySpan<byte> bytes, bool keepSlash)
    {
        foreach (var b in bytes)
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' || (keepSlash && c == '/'))
                text.Append(c);
            else
                text.Append('%').Append(Hex[b >> 4]).Append(Hex[b & 15]);
        }
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
