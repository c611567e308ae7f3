using FuncQueue.Engine.Keys;

namespace FuncQueue.Functions.Access;

/// <summary>The grant of a key as it is stored.</summary>
internal static class KeyGrant
{
    /// <summary>Words that this version does not know, since a later one has stored them, grant nothing.</summary>
    public static Grant Read(KeyInfo key) =>
        new(
            key.Rights.Aggregate(Rights.None, (rights, name) => rights | RightNames.Parse(name)),
            [.. key.Resources.Select(text => ResourcePattern.TryParse(text, out var pattern) ? pattern : null).OfType<ResourcePattern>()]
        );
}
