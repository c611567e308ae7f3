using Azure;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Keys;

/// <summary>A key's row: what callers see, and the versions that are good.</summary>
/// <param name="Version">That of the key in force.</param>
/// <param name="Former">That of the key before, good until <see cref="KeyInfo.FormerKeyUntil"/>; null: none.</param>
internal sealed record KeyRecord(KeyInfo Info, string Version, string? Former, ETag ETag)
{
    /// <summary>The partition of keys in the registry's table: the load on queues' rows does not slow it down.</summary>
    public const string Partition = "keys";

    private const string Prefix = "k:";
    private const int Format = 1;

    /// <summary>What separates the words of a list: none has one.</summary>
    private const char Separator = ',';

    public static readonly KeyRange All = new(Prefix, Prefix + "~");

    public static string RowKey(KeyName name) => Prefix + name.Value;

    /// <summary>The row of this record as it is to be.</summary>
    public TableEntity ToEntity() =>
        new(Partition, RowKey(Info.Name))
        {
            ["Format"] = Format,
            ["Version"] = Version,
            ["Former"] = Former,
            ["FormerUntil"] = Info.FormerKeyUntil,
            ["Rights"] = string.Join(Separator, Info.Rights),
            ["Resources"] = string.Join(Separator, Info.Resources),
            ["CreatedAt"] = Info.CreatedAt,
            ["ChangedAt"] = Info.ChangedAt,
            ["RotatedAt"] = Info.RotatedAt,
            ["ExpiresAt"] = Info.ExpiresAt,
            ["Revision"] = Info.ETag,
        };

    /// <summary>The record; <see cref="UnsupportedFormatException"/> for a row that this version cannot read.</summary>
    public static KeyRecord FromEntity(TableEntity entity)
    {
        try
        {
            return Read(entity);
        }
        catch (InvalidOperationException exception)
        {
            throw new UnsupportedFormatException($"The row {entity.RowKey} of a key is of another form: {exception.Message}");
        }
    }

    private static KeyRecord Read(TableEntity entity)
    {
        if (
            entity.GetInt32("Format") != Format
            || !KeyName.TryParse(entity.RowKey[Prefix.Length..], out var name)
            || entity.GetString("Version") is not { } version
            || !KeyText.IsVersion(version)
            || entity.GetString("Rights") is not { } rights
            || entity.GetString("Resources") is not { } resources
            || entity.GetDateTimeOffset("CreatedAt") is not { } createdAt
            || entity.GetString("Revision") is not { } revision
        )
            throw new UnsupportedFormatException($"The row {entity.RowKey} does not say all that a key is.");
        var former = entity.GetString("Former");
        if (former is not null && !KeyText.IsVersion(former))
            throw new UnsupportedFormatException($"The row {entity.RowKey} of a key has a version that is none.");
        var info = new KeyInfo
        {
            Name = name,
            Rights = rights.Split(Separator, StringSplitOptions.RemoveEmptyEntries),
            Resources = resources.Split(Separator, StringSplitOptions.RemoveEmptyEntries),
            CreatedAt = createdAt,
            ChangedAt = entity.GetDateTimeOffset("ChangedAt") ?? createdAt,
            RotatedAt = entity.GetDateTimeOffset("RotatedAt"),
            ExpiresAt = entity.GetDateTimeOffset("ExpiresAt"),
            FormerKeyUntil = former is null ? null : entity.GetDateTimeOffset("FormerUntil"),
            ETag = revision,
        };
        return new KeyRecord(info, version, former, entity.StoredETag());
    }
}
