namespace FuncQueue.Benchmarks.Runs;

/// <summary>How much is done: as the figures are meant, quickly to see roughly, or only to see that it works.</summary>
internal sealed record Size(int Rounds, double WarmSeconds, double Seconds, double Stored)
{
    public static readonly Size Full = new(3, 5, 5, 1);
    public static readonly Size Quick = new(1, 1, 2, 0.2);
    public static readonly Size Tiny = new(1, 0, 0.5, 0.02);

    /// <summary>Of messages that are stored beforehand.</summary>
    public int Of(int stored) => (int)(stored * Stored);
}
