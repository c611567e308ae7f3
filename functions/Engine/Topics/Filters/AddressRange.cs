using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>The addresses that begin with the same bits, as <c>10.0.0.0/24</c> or <c>2001:db8::/32</c>.</summary>
internal sealed class AddressRange
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private readonly byte[] first;
    private readonly int bits;

    private AddressRange(byte[] first, int bits)
    {
        this.first = first;
        this.bits = bits;
    }

    public static bool TryParse(string text, out AddressRange? range)
    {
        range = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryRead(text.AsSpan(0, slash), out var first))
            return false;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > first.Length * 8)
            return false;
        range = new AddressRange(first, bits);
        return true;
    }

    public bool Contains(string address)
    {
        if (!TryRead(address, out var bytes) || bytes.Length != first.Length)
            return false;
        var whole = bits / 8;
        if (!bytes.AsSpan(0, whole).SequenceEqual(first.AsSpan(0, whole)))
            return false;
        return bits % 8 == 0 || (bytes[whole] ^ first[whole]) >> (8 - (bits % 8)) == 0;
    }

    /// <summary>
    /// Four decimal numbers with dots, or the forms of RFC 4291. The framework's reader takes more: <c>1</c>, octal numbers, ports, zones.
    /// </summary>
    private static bool TryRead(ReadOnlySpan<char> text, out byte[] bytes)
    {
        const int Longest = 45;
        bytes = [];
        if (text.IsEmpty || text.Length > Longest || text.ContainsAnyExcept(Characters))
            return false;
        if (!text.Contains(':') && !IsDotted(text))
            return false;
        if (!IPAddress.TryParse(text, out var address))
            return false;
        if (text.Contains(':') != (address.AddressFamily == AddressFamily.InterNetworkV6))
            return false;
        bytes = address.GetAddressBytes();
        return true;
    }

    private static bool IsDotted(ReadOnlySpan<char> text)
    {
        var numbers = 0;
        foreach (var part in text.Split('.'))
        {
            var number = text[part];
            if (
                number.Length is 0 or > 3
                || number is ['0', _, ..]
                || !byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            )
                return false;
            numbers++;
        }

        return numbers == 4;
    }
}
