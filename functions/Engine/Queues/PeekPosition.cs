using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Queues;

/// <summary>A place in the order of a peek: by age over all lanes and shards, which is when the row was written or is due.</summary>
internal readonly record struct PeekPosition(string RowKey, int Shard, int Slot) : IComparable<PeekPosition>
{
    /// <summary>Microseconds since 1970.</summary>
    public long Age => BatchRow.TryParseKey(RowKey, out var birth, out _) ? birth.TimeMicros : 0;

    public int CompareTo(PeekPosition other)
    {
        var order = Age.CompareTo(other.Age);
        if (order == 0)
            order = string.CompareOrdinal(RowKey, other.RowKey);
        if (order == 0)
            order = Shard.CompareTo(other.Shard);
        return order == 0 ? Slot.CompareTo(other.Slot) : order;
    }

    public int CompareTo(PeekPosition? other) => other is { } there ? CompareTo(there) : 1;

    /// <summary>The continuation that callers get.</summary>
    public string Encode() =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Shard}.{Slot}.{RowKey}")));

    public static bool TryDecode(string text, out PeekPosition position)
    {
        position = default;
        var bytes = new byte[text.Length];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
            return false;
        var parts = Encoding.ASCII.GetString(bytes, 0, length).Split('.');
        if (
            parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
            || !BatchRow.TryParseKey(parts[2], out _, out _)
        )
            return false;
        position = new PeekPosition(parts[2], shard, slot);
        return true;
    }
}
