using System.Globalization;

namespace FuncQueue.Engine.Storage;

/// <summary>
/// The row keys of a shard's partition. Live messages (<c>m…</c>, then <c>s…</c> by due instant) are one contiguous range, so
/// that one query reads them all.
/// </summary>
internal static class RowKeys
{
    /// <summary>Dead letters: <c>d{birth row}{index}</c>.</summary>
    public static readonly KeyRange Dead = new("d", "e");

    /// <summary>Every live message, those not yet due included.</summary>
    public static readonly KeyRange AllLive = new("m", "t");

    /// <summary>A FIFO shard: its head, the locks of its groups, then its messages, in the order of their sequence numbers.</summary>
    public static readonly KeyRange Fifo = new("l", "n");

    /// <summary>The locks of groups.</summary>
    public static readonly KeyRange Locks = new("l0", "m");

    /// <summary>Payloads being uploaded or condemned: <c>u{blob}</c>; then those kept a while for readers: <c>v{message id}</c>.</summary>
    public static readonly KeyRange Payloads = new("u", "w");

    /// <summary>Live messages that are due at <paramref name="now"/>.</summary>
    public static KeyRange Live(DateTimeOffset now) =>
        // A key's due instant is rounded up to the microsecond: one more than now's may be due already. The state decides.
        new("m", string.Create(CultureInfo.InvariantCulture, $"s{Micros(now) + 2:x14}"));

    /// <summary>The due instant in the key of a scheduled row, rounded up; null for any other key.</summary>
    public static DateTimeOffset? DueAt(string key) =>
        key.StartsWith('s')
        && key.Length > 14
        && long.TryParse(key.AsSpan(1, 14), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var micros)
            ? FromMicros(micros)
            : null;

    public static string DeadLetter(string birthKey, int index) => string.Create(CultureInfo.InvariantCulture, $"d{birthKey}{index:x2}");

    public static string Upload(Guid payload) => $"u{payload:N}";

    public static string Retained(MessageId message) => $"v{message.ToGuid():N}";

    /// <summary>The partition key of a shard.</summary>
    public static string Partition(int shard) => shard.ToString("d2", CultureInfo.InvariantCulture);

    public static long Micros(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}

/// <summary>Row keys from <c>From</c> up to but not including <c>To</c>.</summary>
internal readonly record struct KeyRange(string From, string To)
{
    public bool Contains(string key) => string.CompareOrdinal(key, From) >= 0 && string.CompareOrdinal(key, To) < 0;

    /// <summary>
    /// The part of the range behind <paramref name="key"/>. No row key lies between a key and itself with a "!" appended.
    /// </summary>
    public KeyRange After(string key) => this with { From = key + "!" };
}
