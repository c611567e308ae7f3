namespace FuncQueue.Client.Transport;

/// <summary>How long to pause before something is tried again.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    /// <summary>A pause that doubles each time.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="before">How many there were before it.</param>
    /// <param name="longest">The longest one.</param>
    public static TimeSpan Doubled(TimeSpan first, int before, TimeSpan longest) =>
        TimeSpan.FromMilliseconds(Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(before, 20))));

    /// <summary>After a failure to receive: those who failed together come back one after the other.</summary>
    /// <param name="before">How many failures there were before it, one after the other.</param>
    /// <param name="asked">What the server asked for: it counts where it is longer, up to the longest pause.</param>
    /// <param name="longest">The longest pause.</param>
    public static TimeSpan AfterFailure(int before, TimeSpan? asked, TimeSpan longest)
    {
        var jittered = Doubled(First, before, longest) * (0.5 + Random.Shared.NextDouble() / 2);
        return asked > jittered && asked <= longest ? asked.Value : jittered;
    }
}
