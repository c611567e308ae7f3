using Azure;

namespace FuncQueue.Engine.Keys;

/// <summary>The keys as they were at one time.</summary>
internal sealed class KeySnapshot
{
    // Worked with where a key is unknown, so that finding that out takes as long as another refusal.
    private static readonly byte[] NoRoot = RootRow.NewSecret();

    private readonly RootRow? root;
    private readonly Dictionary<string, KeyRecord> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeyRecord> byVersion = new(StringComparer.Ordinal);

    /// <param name="root">Null: there has never been a key.</param>
    public KeySnapshot(RootRow? root, IEnumerable<KeyRecord> keys)
    {
        this.root = root;
        foreach (var key in keys)
        {
            byName[key.Info.Name.Value] = key;
            byVersion[key.Version] = key;
            if (key.Former is { } former)
                byVersion[former] = key;
        }
    }

    /// <summary>That of the root's row: the same as long as no key has changed.</summary>
    public ETag? Tag => root?.ETag;

    /// <summary>Whether there is a key, or ever was one.</summary>
    public bool IsLocked => root is not null;

    /// <summary>Whether the text could be a key that was made since.</summary>
    public bool MayBeNewer(string text) => KeyText.TryReadVersion(text, out var version) && !byVersion.ContainsKey(version);

    public bool Knows(string name) => byName.ContainsKey(name);

    /// <summary>The key that the text is; null: it is none that is good now.</summary>
    public KeyInfo? Find(string text, DateTimeOffset now)
    {
        if (!KeyText.TryReadVersion(text, out var version))
            return null;
        var key = byVersion.GetValueOrDefault(version);
        var expected = KeyText.Derive(root?.Secret ?? NoRoot, key?.Info.Name.Value ?? "", version);
        return KeyText.AreSame(expected, text) && key is not null && KeyRules.GoodVersions(key, now).Contains(version) ? key.Info : null;
    }

    /// <summary>The key of this name with the texts that are good now; null: there is none.</summary>
    public NamedKey? Named(string name, DateTimeOffset now) =>
        root is not null
        && byName.TryGetValue(name, out var key)
        && KeyRules.GoodVersions(key, now).Select(version => KeyText.Derive(root.Secret, name, version)).ToList() is { Count: > 0 } texts
            ? new NamedKey(key.Info, texts)
            : null;
}
