using System.Globalization;

namespace FuncQueue.Engine.Storage;

/// <summary>The two kinds of birth rows: messages that are ready when written, and those that wait for an instant.</summary>
internal enum RowKind
{
    Immediate,
    Scheduled,
}

/// <summary>
/// Where a message was born: what a <see cref="MessageId"/> says, and what its row's key is made of.
/// </summary>
/// <param name="TimeMicros">Microseconds since 1970: of the commit, or of the due instant of a scheduled row. 52 bits.</param>
/// <param name="Writer">Who made the key: 32 bits.</param>
/// <param name="Counter">Tells apart rows of one writer and microsecond.</param>
/// <param name="Lane">9 − priority.</param>
internal readonly record struct BirthRow(RowKind Kind, int Lane, long TimeMicros, WriterId Writer, ushort Counter)
{
    private const int TimeDigits = 14;

    /// <summary>Length of every birth row's key.</summary>
    public const int KeyLength = 1 + 1 + TimeDigits + 8 + 4;

    /// <summary><c>m{lane}{time}{writer}{counter}</c> or <c>s{time}{lane}{writer}{counter}</c>, in hexadecimal.</summary>
    public string Key =>
        Kind == RowKind.Immediate
            ? string.Create(CultureInfo.InvariantCulture, $"m{Lane}{TimeMicros:x14}{Writer.Value:x8}{Counter:x4}")
            : string.Create(CultureInfo.InvariantCulture, $"s{TimeMicros:x14}{Lane}{Writer.Value:x8}{Counter:x4}");

    public static bool TryParse(ReadOnlySpan<char> key, out BirthRow row)
    {
        row = default;
        if (key.Length != KeyLength || key[0] is not ('m' or 's'))
            return false;
        var kind = key[0] == 'm' ? RowKind.Immediate : RowKind.Scheduled;
        var lane = kind == RowKind.Immediate ? key[1] : key[1 + TimeDigits];
        var time = kind == RowKind.Immediate ? key.Slice(2, TimeDigits) : key.Slice(1, TimeDigits);
        if (
            !char.IsAsciiDigit(lane)
            || !long.TryParse(time, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var micros)
            || !uint.TryParse(key.Slice(2 + TimeDigits, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var writer)
            || !ushort.TryParse(key[(2 + TimeDigits + 8)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var counter)
        )
            return false;
        row = new BirthRow(kind, lane - '0', micros, new WriterId(writer), counter);
        return row.Key.AsSpan().SequenceEqual(key);
    }
}

/// <summary>
/// A message id taken apart. The 122 bits that UUID version 8 leaves free hold, from the highest: time 56, kind 1, lane 4,
/// shard 5, index 7, one zero bit, writer 32, counter 16.
/// </summary>
internal readonly record struct MessageLocation(int Shard, BirthRow Row, int Index)
{
    private static readonly UInt128 Low62 = (UInt128.One << 62) - 1;

    public MessageId ToId()
    {
        UInt128 bits = (ulong)Row.TimeMicros;
        bits = (bits << 1) | (uint)Row.Kind;
        bits = (bits << 4) | (uint)Row.Lane;
        bits = (bits << 5) | (uint)Shard;
        bits = (bits << 7) | (uint)Index;
        bits <<= 1;
        bits = (bits << 32) | Row.Writer.Value;
        bits = (bits << 16) | Row.Counter;
        // 48 bits, version, 12 bits, variant, 62 bits (RFC 9562, section 5.8).
        var high = bits >> 74;
        var middle = (bits >> 62) & 0xFFF;
        return new MessageId((high << 80) | ((UInt128)8 << 76) | (middle << 64) | ((UInt128)2 << 62) | (bits & Low62));
    }

    /// <summary>The sequence number of a message of a FIFO queue.</summary>
    public static long? SequenceNumberOf(MessageId id) => TryParse(id, out var location) ? location.Row.TimeMicros + location.Index : null;

    public static bool IsWellFormed(MessageId id) => TryParse(id, out _);

    public static bool TryParse(MessageId id, out MessageLocation location)
    {
        location = default;
        var raw = id.Bits;
        if (((raw >> 76) & 0xF) != 8 || ((raw >> 62) & 3) != 2)
            return false;
        var bits = ((raw >> 80) << 74) | (((raw >> 64) & 0xFFF) << 62) | (raw & Low62);
        var counter = (ushort)(bits & 0xFFFF);
        var writer = (uint)((bits >> 16) & 0xFFFFFFFF);
        var spare = (bits >> 48) & 1;
        var index = (int)((bits >> 49) & 0x7F);
        var shard = (int)((bits >> 56) & 0x1F);
        var lane = (int)((bits >> 61) & 0xF);
        var kind = (RowKind)(int)((bits >> 65) & 1);
        var time = (long)(ulong)(bits >> 66);
        if (spare != 0 || lane > 9 || index >= 100)
            return false;
        location = new MessageLocation(shard, new BirthRow(kind, lane, time, new WriterId(writer), counter), index);
        return true;
    }
}
