using System.Globalization;
using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Deduplication;

/// <summary>
/// <c>k{key}</c>: the message that a key stands for, and until when. <c>x{expiry}…</c>: keys that end then, so that a sweep finds them
/// without looking at all. Both are written with the message, in one transaction.
/// </summary>
internal static class DeduplicationRows
{
    private const string Message = "MessageId";
    private const string Others = "MessageIds";
    private const string EnqueuedAt = "EnqueuedAt";

    /// <summary>The column of <see cref="EndOf"/>.</summary>
    public const string ExpiresAt = "ExpiresAt";
    private const string Group = "Group";
    private const string Keys = "Keys";

    /// <summary>The rows that list keys by the end of their windows.</summary>
    public static readonly KeyRange Expiries = new("x", "y");

    /// <summary>The keys.</summary>
    public static readonly KeyRange All = new("k", "l");

    /// <summary>What to select to learn the end of a key's window only.</summary>
    public static readonly string[] EndColumns = ["RowKey", ExpiresAt];

    public static DateTimeOffset EndOf(TableEntity entity) => entity.GetDateTimeOffset(ExpiresAt) ?? default;

    /// <summary>
    /// Whether a window is over, also by a clock that is as far behind this process's as clocks may differ: it is never cut short.
    /// </summary>
    public static bool HasEnded(DateTimeOffset expiresAt, DateTimeOffset now, TimeSpan clockSkewBound) => expiresAt + clockSkewBound <= now;

    public static string RowKey(DeduplicationKey key) => $"k{key}";

    /// <summary>Remembers a key; in the place of one whose window has ended, if its ETag is given.</summary>
    /// <param name="messages">What it stands for: several where messages share it.</param>
    /// <param name="group">Of the message, on a FIFO queue.</param>
    public static TableTransactionAction Remember(
        int shard,
        DeduplicationKey key,
        ReadOnlySpan<MessageId> messages,
        ulong? group,
        DateTimeOffset enqueuedAt,
        DateTimeOffset expiresAt,
        ETag? instead
    )
    {
        var entity = new TableEntity(RowKeys.Partition(shard), RowKey(key))
        {
            [Message] = messages[0].ToGuid(),
            [EnqueuedAt] = enqueuedAt,
            [ExpiresAt] = expiresAt,
        };
        if (group is { } hash)
            entity[Group] = unchecked((long)hash);
        if (messages.Length > 1)
        {
            var others = new byte[(messages.Length - 1) * MessageId.Bytes];
            for (var i = 1; i < messages.Length; i++)
                messages[i].CopyTo(others.AsSpan((i - 1) * MessageId.Bytes));
            entity[Others] = others;
        }

        return instead is { } etag
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, etag)
            : new TableTransactionAction(TableTransactionActionType.Add, entity);
    }

    /// <summary>Lists keys that end at an instant.</summary>
    /// <param name="unique">What no other list of a row key that ends then has.</param>
    public static TableTransactionAction List(int shard, string unique, DateTimeOffset expiresAt, IReadOnlyList<DeduplicationKey> keys)
    {
        var bytes = new byte[keys.Count * DeduplicationKey.Bytes];
        for (var i = 0; i < keys.Count; i++)
            keys[i].CopyTo(bytes.AsSpan(i * DeduplicationKey.Bytes));
        var rowKey = string.Create(CultureInfo.InvariantCulture, $"x{RowKeys.Micros(expiresAt):x14}{unique}");
        return new TableTransactionAction(
            TableTransactionActionType.Add,
            new TableEntity(RowKeys.Partition(shard), rowKey) { [Keys] = bytes }
        );
    }

    public static RememberedKey Read(TableEntity entity)
    {
        if (!MessageId.TryParse(entity.GetGuid(Message)?.ToString("D"), out var id))
            throw new UnsupportedFormatException($"The row {entity.RowKey} names no message.");
        var others = entity.GetBinary(Others) ?? [];
        var messages = new MessageId[1 + (others.Length / MessageId.Bytes)];
        messages[0] = id;
        for (var i = 1; i < messages.Length; i++)
            messages[i] = MessageId.Of(others.AsSpan((i - 1) * MessageId.Bytes));
        return new RememberedKey(
            messages,
            unchecked((ulong?)entity.GetInt64(Group)),
            entity.GetDateTimeOffset(EnqueuedAt) ?? default,
            entity.GetDateTimeOffset(ExpiresAt) ?? default,
            entity.StoredETag()
        );
    }

    /// <summary>When the keys of such a row end, and which they are.</summary>
    public static (DateTimeOffset ExpiresAt, IReadOnlyList<DeduplicationKey> Keys) ReadList(TableEntity entity)
    {
        var bytes = entity.GetBinary(Keys);
        var keys = new List<DeduplicationKey>();
        for (var at = 0; at + DeduplicationKey.Bytes <= bytes.Length; at += DeduplicationKey.Bytes)
            keys.Add(DeduplicationKey.Of(bytes.AsSpan(at)));
        return (
            RowKeys.FromMicros(long.Parse(entity.RowKey.AsSpan(1, 14), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
            keys
        );
    }
}

/// <summary>A key as stored.</summary>
/// <param name="Messages">In their order; one, unless they share the key.</param>
/// <param name="Group">Of the message; null on standard queues.</param>
internal sealed record RememberedKey(
    IReadOnlyList<MessageId> Messages,
    ulong? Group,
    DateTimeOffset EnqueuedAt,
    DateTimeOffset ExpiresAt,
    ETag ETag
)
{
    /// <summary>Whether its window is over.</summary>
    public bool HasEnded(DateTimeOffset now, TimeSpan clockSkewBound) => DeduplicationRows.HasEnded(ExpiresAt, now, clockSkewBound);
}
