namespace FuncQueue.Engine.Decisions;

/// <summary>What a look at one place, a row that a write changes, says of the write.</summary>
internal enum Sight
{
    /// <summary>It says nothing: it could not be read, or others may have taken away what the write left there.</summary>
    Unread,

    /// <summary>It is as it was before the write, which so has not been carried out before this look.</summary>
    Untouched,

    /// <summary>It shows what only this write leaves there.</summary>
    Ours,

    /// <summary>
    /// It shows what could not be there if the write had ever been carried out, and the write's condition on it fails for good.
    /// </summary>
    NeverOurs,

    /// <summary>It has changed, by this write or by another one first; either way the write's condition on it fails from now on.</summary>
    Changed,
}

/// <summary>What may have become of a write whose answer was lost.</summary>
internal enum Fate
{
    /// <summary>It has been carried out, as a whole.</summary>
    CarriedOut,

    /// <summary>It has not been carried out, and it never can be.</summary>
    Void,

    /// <summary>It has not been carried out so far, and may yet arrive. Sent once more, at most one of the two is carried out.</summary>
    Adrift,

    /// <summary>The places seen untouched may have changed since, with one seen changed: another look at them tells.</summary>
    LookAgain,

    /// <summary>What there is to see does not tell.</summary>
    Open,
}

/// <summary>
/// What a write whose answer was lost may have done, given what is seen now. For every write of the engine that is one transaction, so that
/// it changes all its places or none, each under a condition that its own carrying out, like any other change, ends: inserts, flights,
/// moves, appends. Pure.
/// </summary>
internal static class LostWrite
{
    /// <param name="seen">
    /// What was seen at each place, and in which look: a later look began when the earlier ones had ended. Of several looks at one place
    /// all count.
    /// </param>
    public static Fate FateOf(IReadOnlyCollection<(Sight Sight, int Look)> seen)
    {
        int? changed = null,
            untouched = null;
        foreach (var (sight, look) in seen)
        {
            switch (sight)
            {
                case Sight.Ours:
                    return Fate.CarriedOut;
                case Sight.NeverOurs:
                    return Fate.Void;
                case Sight.Changed:
                    changed = changed < look ? changed : look;
                    break;
                case Sight.Untouched:
                    untouched = untouched > look ? untouched : look;
                    break;
            }
        }

        if (untouched is null)
            return Fate.Open;
        if (changed is null)
            return Fate.Adrift;
        // A place changed and, in a look begun after that was seen, another was not: by somebody else, since ours changes both at once.
        return untouched > changed ? Fate.Void : Fate.LookAgain;
    }
}
