namespace FuncQueue.Engine.Shards;

/// <summary>
/// Runs steps one at a time while there is work, and nothing at all while there is none. What arrives during a step is seen by
/// the next, which is what groups concurrent calls into one commit.
/// </summary>
/// <param name="step">One step; true when another may follow at once.</param>
/// <param name="failed">Told of a step's exception; must fail whatever the step was about, so that the next one is about something else.</param>
internal sealed class WorkLoop(Func<Task<bool>> step, Action<Exception> failed)
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Kicked = 2;

    private int state = Idle;
    private Task current = Task.CompletedTask;

    /// <summary>Says that there may be work.</summary>
    /// <param name="here">Whether a loop at rest begins on this very thread: sooner, but with what has been posted so far only.</param>
    public void Kick(bool here = false)
    {
        if (Interlocked.Exchange(ref state, Kicked) == Idle)
            current = here ? RunAsync() : Task.Run(RunAsync);
    }

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
                {
                }
            }
            catch (Exception exception)
            {
                failed(exception);
                // What came in meanwhile, and was not part of the failed step, is still to be done.
                await Task.Yield();
                continue;
            }

            if (Interlocked.CompareExchange(ref state, Idle, Running) == Running)
                return;
        }
    }
}
