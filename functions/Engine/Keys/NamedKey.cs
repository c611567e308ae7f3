namespace FuncQueue.Engine.Keys;

/// <summary>
/// A key found by its name, for signatures that are checked by making them again. No record: its texts are not to be printed.
/// </summary>
public sealed class NamedKey(KeyInfo info, IReadOnlyList<string> texts)
{
    public KeyInfo Info => info;

    /// <summary>The keys that are good now: the last, and during the overlap of a rotation the one before.</summary>
    public IReadOnlyList<string> Texts => texts;
}
