namespace FuncQueue.Engine.Shards;

/// <summary>
/// Runs steps one at a time while there is work, and nothing at all while there is none. What arrives during a step is seen by
/// the next, which is what groups concurrent calls into one commit.
/// </summary>
/// <param name="step">One step; true when another may follow at once.</param>
/// <param name="failed">
/// Told of a step's exception, and whether it is the first in a row; must fail whatever the step was about, so that the next one is about
/// something else.
/// </param>
/// <param name="time">
/// Times the pauses after failures: about the load on the machine and on storage, not about the time that messages live in.
/// </param>
internal sealed class WorkLoop(Func<Task<bool>> step, Action<Exception, bool> failed, TimeProvider? time = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private const int Idle = 0;
    private const int Running = 1;
    private const int Kicked = 2;

    private int state = Idle;
    private int failures;
    private Task current = Task.CompletedTask;

    /// <summary>
    /// How long nothing is done after so many steps in a row have failed: steps that always fail must not keep the machine busy.
    /// </summary>
    public static TimeSpan PauseAfter(int failures)
    {
        var pause = failures < 2 ? TimeSpan.Zero : FirstPause * Math.Pow(2, Math.Min(failures - 2, 16));
        return pause < LongestPause ? pause : LongestPause;
    }

    /// <summary>Says that there may be work.</summary>
    /// <param name="here">Whether a loop at rest begins on this very thread: sooner, but with what has been posted so far only.</param>
    public void Kick(bool here = false)
    {
        if (Interlocked.Exchange(ref state, Kicked) == Idle)
            current = here ? RunAsync() : Task.Run(RunAsync);
    }

    /// <summary>Says, from within a step, that part of it has succeeded: a failure from here on is the first in a row.</summary>
    public void Progressed() => failures = 0;

    /// <summary>Completes when the loop has come to rest.</summary>
    public async Task WhenIdleAsync()
    {
        while (Volatile.Read(ref state) != Idle)
        {
            await current;
            await Task.Yield();
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            // A full fence: the step must not look for work before others can see that a kick from here on calls for another step.
            Interlocked.Exchange(ref state, Running);
            try
            {
                while (await step())
                    failures = 0;
                failures = 0;
            }
            catch (Exception exception)
            {
                failed(exception, ++failures == 1);
                // What came in meanwhile, and was not part of the failed step, is still to be done.
                if (PauseAfter(failures) is { Ticks: > 0 } pause)
                    await Task.Delay(pause, time ?? TimeProvider.System);
                else
                    await Task.Yield();
                continue;
            }

            if (Interlocked.CompareExchange(ref state, Idle, Running) == Running)
                return;
        }
    }
}
