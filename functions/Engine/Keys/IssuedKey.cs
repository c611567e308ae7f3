namespace FuncQueue.Engine.Keys;

/// <summary>What a change of a key ended in. No record: what is printed of it must not tell the key.</summary>
public sealed class IssuedKey(KeyInfo info, string? text, bool created)
{
    public KeyInfo Info => info;

    /// <summary>The key to hand to whoever asked for it, this once; null: it is as it was.</summary>
    public string? Text => text;

    /// <summary>Whether there was no key of this name before.</summary>
    public bool Created => created;
}
