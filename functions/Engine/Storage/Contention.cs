namespace FuncQueue.Engine.Storage;

/// <summary>
/// How processes that each must be first at one row keep out of each other's way. Who is overtaken pauses, by chance up to a time that
/// grows as long as it is and shrinks when it is not; what comes meanwhile shares its next write. Who gets on need not pause for a few
/// writes, which cost no look at the row. Who is overtaken again knocks: by that the one who always gets on learns that it is not alone.
/// Used by one loop.
/// </summary>
/// <param name="time">By the machine's own clock: it is about the load on storage, not about the time that messages live in.</param>
/// <param name="chance">From 0 up to, not including, 1.</param>
internal sealed class Contention(TimeProvider time, Func<double> chance)
{
    /// <summary>Writes in a row of one that others compete with.</summary>
    private const int WritesInARow = 16;

    /// <summary>Times in a row that one is overtaken before it knocks.</summary>
    private const int LossesBeforeKnock = 2;

    /// <summary>Below this it is as if nobody else was there.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(0.5);

    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <summary>Where storage is slow, so long as this many attempts.</summary>
    private const int LongestInAttempts = 64;

    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(5);

    private TimeSpan mean;
    private int writesLeft;
    private int losses;
    private long began;

    /// <summary>Whether to knock before the next attempt.</summary>
    public bool Knocks => losses >= LossesBeforeKnock;

    /// <summary>How long to leave the row alone before the next attempt; after a pause, what was known of it is old.</summary>
    public TimeSpan NextPause()
    {
        if (losses == 0 && began != 0 && time.GetElapsedTime(began) > ForgottenAfter)
            mean = TimeSpan.Zero;
        return mean == TimeSpan.Zero || writesLeft > 0 ? TimeSpan.Zero : mean * (2 * chance());
    }

    /// <summary>An attempt begins.</summary>
    public void Begin() => began = time.GetTimestamp();

    public void GotOn()
    {
        losses = 0;
        if (writesLeft > 0)
        {
            writesLeft--;
            return;
        }

        mean *= 0.8;
        if (mean < Shortest)
            mean = TimeSpan.Zero;
        writesLeft = mean == TimeSpan.Zero ? 0 : WritesInARow - 1;
    }

    public void Overtaken()
    {
        var attempt = time.GetElapsedTime(began);
        var most = attempt * LongestInAttempts > Longest ? attempt * LongestInAttempts : Longest;
        // To be overtaken by one who does not know yet that it is not alone says nothing of how many there are.
        var grown = mean * (Knocks ? 2 : 1.2);
        grown = grown > attempt ? grown : attempt;
        mean = grown < most ? grown : most;
        writesLeft = 0;
        losses++;
    }
}
