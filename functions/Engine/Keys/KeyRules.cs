using System.Security.Cryptography;

namespace FuncQueue.Engine.Keys;

/// <summary>What becomes of a key. Pure.</summary>
internal static class KeyRules
{
    /// <summary>The key after a PUT, or why it stays as it is; the record as it is there, null: there is none.</summary>
    public static Outcome<KeyRecord> Put(KeyName name, KeyRecord? there, KeyChange change, KeyCondition condition, DateTimeOffset now)
    {
        if (condition.IfNoneMatch && there is not null)
            return new Failure.PreconditionFailed();
        if (condition.IfMatch is { } wanted && (there is null || (wanted != "*" && wanted != there.Info.ETag)))
            return new Failure.PreconditionFailed();
        if (there is not null)
            return there with
            {
                Info = there.Info with
                {
                    Rights = change.Rights ?? there.Info.Rights,
                    Resources = change.Resources ?? there.Info.Resources,
                    ExpiresAt = change.ExpiresAt.Or(there.Info.ExpiresAt),
                    ChangedAt = now,
                    ETag = NewRevision(),
                },
            };
        var faults = new List<Fault>();
        if (change.Rights is null)
            faults.Add(new Fault("rights", "Is needed for a new key."));
        if (change.Resources is null)
            faults.Add(new Fault("resources", "Is needed for a new key."));
        if (faults.Count > 0)
            return new Failure.Invalid(faults);
        var info = new KeyInfo
        {
            Name = name,
            Rights = change.Rights!,
            Resources = change.Resources!,
            CreatedAt = now,
            ChangedAt = now,
            ExpiresAt = change.ExpiresAt.Or(null),
            ETag = NewRevision(),
        };
        return new KeyRecord(info, KeyText.NewVersion(), null, default);
    }

    /// <summary>The key with another version; the one before stays good for <paramref name="overlap"/>.</summary>
    public static KeyRecord Rotate(KeyRecord there, TimeSpan overlap, DateTimeOffset now) =>
        there with
        {
            Version = KeyText.NewVersion(),
            Former = overlap > TimeSpan.Zero ? there.Version : null,
            Info = there.Info with
            {
                RotatedAt = now,
                FormerKeyUntil = overlap > TimeSpan.Zero ? now + overlap : null,
                ETag = NewRevision(),
            },
        };

    /// <summary>The versions that are good now: none of a key that has expired.</summary>
    public static IEnumerable<string> GoodVersions(KeyRecord key, DateTimeOffset now)
    {
        if (key.Info.ExpiresAt <= now)
            yield break;
        yield return key.Version;
        if (key.Former is { } former && key.Info.FormerKeyUntil > now)
            yield return former;
    }

    private static string NewRevision() => RandomNumberGenerator.GetHexString(16, lowercase: true);
}
