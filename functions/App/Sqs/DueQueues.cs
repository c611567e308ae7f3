using System.Threading.Channels;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs;

/// <summary>
/// Queues that are to be looked after, each by one look at a time. A queue that is posted while it is looked after gets another look, which
/// sees what was there when it was posted.
/// </summary>
/// <param name="look">Looks after a queue, on what is there now if asked to; does not throw.</param>
internal sealed class DueQueues(Func<QueueName, bool, CancellationToken, Task> look)
{
    /// <summary>Most queues that are looked after at once.</summary>
    private const int AtOnce = 8;

    private readonly Lock gate = new();
    private readonly Dictionary<QueueName, Look> looks = [];
    private readonly Channel<QueueName> due = Channel.CreateUnbounded<QueueName>();
    private bool working;

    public void Post(QueueName queue, bool fresh)
    {
        lock (gate)
        {
            if (!looks.TryGetValue(queue, out var there))
            {
                looks.Add(queue, new Look { Fresh = fresh });
                due.Writer.TryWrite(queue);
            }
            else if (there.HasBegun)
            {
                there.Next ??= new Look();
                there.Next.Fresh |= fresh;
            }
            else
            {
                there.Fresh |= fresh;
            }
        }
    }

    /// <summary>Completes when the queue has been looked after that was posted before; at once when nobody works on it.</summary>
    public Task WhenDone(QueueName queue)
    {
        lock (gate)
            return working && looks.TryGetValue(queue, out var there) ? (there.Next ?? there).Done.Task : Task.CompletedTask;
    }

    /// <summary>Works on what is due until cancelled.</summary>
    public async Task WorkAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            working = true;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WorkInTurnAsync(cancellationToken)));
        }
        finally
        {
            lock (gate)
            {
                working = false;
                foreach (var left in looks.Values)
                {
                    left.Done.TrySetResult();
                    left.Next?.Done.TrySetResult();
                }
            }
        }
    }

    private async Task WorkInTurnAsync(CancellationToken cancellationToken)
    {
        await foreach (var queue in due.Reader.ReadAllAsync(cancellationToken))
        {
            Look mine;
            lock (gate)
            {
                mine = looks[queue];
                mine.HasBegun = true;
            }

            await look(queue, mine.Fresh, cancellationToken);
            lock (gate)
            {
                if (mine.Next is { } next)
                {
                    looks[queue] = next;
                    due.Writer.TryWrite(queue);
                }
                else
                {
                    looks.Remove(queue);
                }
            }

            mine.Done.TrySetResult();
        }
    }

    private sealed class Look
    {
        public bool Fresh { get; set; }

        public bool HasBegun { get; set; }

        public Look? Next { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
