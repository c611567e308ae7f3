using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Payloads;

/// <summary>
/// The rows that account for payloads no message row answers for: <c>u…</c> while being uploaded or once condemned, <c>v…</c> after
/// a delivery with <c>mode=delete</c>. A blob is deleted only on the word of such a row.
/// </summary>
internal static class PayloadRows
{
    private const string Payload = "Payload";
    private const string DueAt = "DueAt";
    private const string Condemned = "Condemned";
    private const string Length = "Length";
    private const string ContentType = "ContentType";

    /// <summary>An upload begins; unless it is finished by <paramref name="dueAt"/>, the sweep condemns it.</summary>
    public static TableEntity Uploading(int shard, Guid payload, DateTimeOffset dueAt) =>
        New(shard, RowKeys.Upload(payload), payload, dueAt, condemned: false);

    /// <summary>Nobody refers to the payload any more.</summary>
    public static TableTransactionAction Condemn(int shard, Guid payload, DateTimeOffset dueAt) =>
        new(TableTransactionActionType.UpsertReplace, New(shard, RowKeys.Upload(payload), payload, dueAt, condemned: true));

    /// <summary>A stale upload is given up, unless it has finished meanwhile: then its row is gone, and this fails.</summary>
    public static TableTransactionAction CondemnUpload(int shard, PayloadRow upload, DateTimeOffset dueAt) =>
        new(TableTransactionActionType.UpdateMerge, New(shard, upload.Key, upload.Payload, dueAt, condemned: true), upload.ETag);

    /// <summary>The message is gone, its body stays readable until <paramref name="dueAt"/>.</summary>
    public static TableTransactionAction Retain(BatchRow row, int slot, DateTimeOffset dueAt)
    {
        var entity = New(row.Shard, RowKeys.Retained(row.IdOf(slot)), row.Index.Messages[slot].Payload!.Value, dueAt, condemned: true);
        entity[Length] = row.Index.Messages[slot].BodyLength;
        entity[ContentType] = row.ContentOf(slot).ContentType;
        return new TableTransactionAction(TableTransactionActionType.UpsertReplace, entity);
    }

    public static PayloadRow Read(TableEntity entity) =>
        new(
            entity.RowKey,
            entity.StoredETag(),
            entity.GetGuid(Payload) ?? throw new UnsupportedFormatException($"The payload row {entity.RowKey} names no payload."),
            entity.GetDateTimeOffset(DueAt) ?? DateTimeOffset.MaxValue,
            entity.GetBoolean(Condemned) ?? false,
            entity.GetInt64(Length) ?? 0,
            entity.GetString(ContentType)
        );

    private static TableEntity New(int shard, string key, Guid payload, DateTimeOffset dueAt, bool condemned) =>
        new(RowKeys.Partition(shard), key)
        {
            [Payload] = payload,
            [DueAt] = dueAt,
            [Condemned] = condemned,
        };
}

/// <summary>A payload row as read. <c>Length</c> and <c>ContentType</c> only of a retained one.</summary>
internal sealed record PayloadRow(
    string Key,
    ETag ETag,
    Guid Payload,
    DateTimeOffset DueAt,
    bool Condemned,
    long Length,
    string? ContentType
);
