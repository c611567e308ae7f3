using FuncQueue.Engine.Tests.Support;
using FuncQueue.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics;

/// <summary>Stops processes behind one of their writes, which arrives or not.</summary>
internal static class Cut
{
    /// <summary>
    /// Whether the process was stopped before it was done. Nothing of it reaches storage any more but, about now, the write that it was
    /// stopped behind.
    /// </summary>
    /// <param name="writes">How many writes it is let do.</param>
    /// <param name="arrives">Whether one more arrives, whose answer does not.</param>
    /// <param name="run">What it is asked for; why it failed, or null.</param>
    public static async Task<bool> BehindAsync(TestEngine dying, int writes, bool arrives, Func<Task<Failure?>> run)
    {
        var (count, isDead) = (0, false);
        var after = dying.Faults.LoseRequest(_ => Volatile.Read(ref isDead), int.MaxValue);
        var last = arrives ? dying.Faults.LoseAnswer(IsLast) : dying.Faults.LoseRequest(IsLast);
        var running = run();
        // What was lost is looked for, and that is lost, too: nobody waits until the process gives up.
        await Eventually.HoldsAsync("it is done, or stopped", () => running.IsCompleted || (last.Count > 0 && after.Count > 0));
        var isCut = Volatile.Read(ref isDead);
        dying.Kill();
        if (!isCut)
            (await running).ShouldBeNull();
        return isCut;

        bool IsLast(StorageRequest request)
        {
            if (request.IsRead || Interlocked.Increment(ref count) != writes + 1)
                return false;
            Volatile.Write(ref isDead, true);
            return true;
        }
    }
}
