using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Topics.Reading;

/// <summary>
/// Looks for what other processes append to a partition while readers of this one wait at its end: one look for all of them, at longer and
/// longer intervals. Nobody waits: no request to storage. Thread-safe.
/// </summary>
/// <param name="partitions">Of the topic: the more there are, the less often each is looked at.</param>
internal sealed class TailPoll(EngineContext context, PartitionReader reader, int partitions)
{
    /// <summary>Most records of a look, and bytes.</summary>
    private const int MaxRecords = 1000;

    private const int MaxBytes = 1024 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private int waiting;
    private bool running;
    private volatile StorageFaultException? failed;

    private TimeSpan First
    {
        get
        {
            var first = TimeSpan.FromMilliseconds(25) * partitions;
            return first < Longest ? first : Longest;
        }
    }

    /// <summary>Readers that wait.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>
    /// Completes when the partition reaches further than to <paramref name="offset"/>, or the time is up; throws when the last look failed.
    /// </summary>
    public async Task WaitAsync(long offset, TimeSpan time, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        Begin();
        try
        {
            while (!context.Stopping)
            {
                // Asked for first, so that nothing is missed in between.
                var grown = reader.Grown;
                var left = time - context.Time.GetElapsedTime(began);
                if (reader.KnownNext > offset || left <= TimeSpan.Zero)
                    break;
                try
                {
                    await grown.WaitAsync(left, context.Time, cancellationToken);
                }
                catch (TimeoutException)
                {
                    break;
                }
                if (failed is { Fault.Kind: FaultKind.TableMissing } gone)
                    throw gone;
            }
        }
        finally
        {
            lock (gate)
                waiting--;
        }

        if (reader.KnownNext <= offset && failed is { } fault)
            throw fault;
    }

    private void Begin()
    {
        lock (gate)
        {
            waiting++;
            if (running)
                return;
            (running, failed) = (true, null);
        }

        _ = PollAsync();
    }

    private async Task PollAsync()
    {
        var pause = First;
        while (true)
        {
            var before = reader.KnownNext;
            await Task.Delay(pause, context.Time);
            lock (gate)
            {
                if (waiting == 0)
                {
                    running = false;
                    return;
                }
            }

            // What this process stores itself is known, and with it that others have stored before.
            if (reader.KnownNext > before)
                continue;
            try
            {
                var fetched = await reader.FetchAsync(before, MaxRecords, MaxBytes, CancellationToken.None);
                foreach (var row in fetched.Rows)
                    reader.Learn(row);
                failed = null;
            }
            catch (StorageFaultException exception)
            {
                failed = exception;
                if (exception.Fault.Kind == FaultKind.TableMissing)
                    reader.Wake();
            }

            pause =
                reader.KnownNext > before ? First
                : pause * 2 < Longest ? pause * 2
                : Longest;
        }
    }
}
