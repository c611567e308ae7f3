using System.Globalization;
using FuncQueue.Engine;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sqs.Queues;

/// <summary>
/// Purges of queues. A queue's note says when the last one began, and whether it has ended: one that has ended is not repeated for a while,
/// one that has not can be asked for again, since whoever worked on it may have stopped.
/// </summary>
internal sealed class Purges(QueueEngine engine, QueueEditor editor, TimeProvider time)
{
    private const string Note = "Purge";
    private const string Ended = " ended";

    /// <summary>How long a caller waits for the end; SQS promises it within 60 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<QueueName, Task<SqsError?>> running = [];

    /// <summary>Begins a purge, which goes on when this has returned; the error of one that did not begin, or failed meanwhile.</summary>
    public async Task<SqsError?> RunAsync(QueueName queue, bool withDeadLetters)
    {
        var now = time.GetUtcNow();
        var began = now;
        var (_, error) = await editor.ChangeAsync(
            queue,
            (there, draft) =>
            {
                var (last, ended) = Read(there.Settings);
                began = now;
                if (last + SqsLimits.Rest > now)
                {
                    if (ended)
                        return Task.FromResult<SqsError?>(SqsErrors.PurgeQueueInProgress(queue));
                    began = last;
                }

                draft.Note(Note, Text(began));
                return Task.FromResult<SqsError?>(null);
            },
            CancellationToken.None
        );
        if (error is not null)
            return error;
        var purge = Join(queue, withDeadLetters, began);
        try
        {
            return await purge.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private Task<SqsError?> Join(QueueName queue, bool withDeadLetters, DateTimeOffset began)
    {
        lock (gate)
        {
            if (running.TryGetValue(queue, out var purge))
                return purge;
            return running[queue] = Task.Run(() => PurgeAsync(queue, withDeadLetters, began));
        }
    }

    private async Task<SqsError?> PurgeAsync(QueueName queue, bool withDeadLetters, DateTimeOffset began)
    {
        try
        {
            if (await PurgeAsync(queue, MessageSource.Live) is { } error)
                return error;
            if (withDeadLetters && await PurgeAsync(queue, MessageSource.DeadLetters) is { } left)
                return left;
            // Should this not be written, the purge is begun again when it is asked for.
            await editor.ChangeAsync(
                queue,
                (there, draft) =>
                {
                    if (Read(there.Settings).Began == began)
                        draft.Note(Note, Text(began) + Ended);
                    return Task.FromResult<SqsError?>(null);
                },
                CancellationToken.None
            );
            return null;
        }
        finally
        {
            lock (gate)
                running.Remove(queue);
        }
    }

    private async Task<SqsError?> PurgeAsync(QueueName queue, MessageSource source)
    {
        while (true)
        {
            if (!(await engine.PurgeAsync(queue, source, CancellationToken.None)).TryGetValue(out var purged, out var failure))
                return SqsErrors.From(failure);
            if (purged.Complete)
                return null;
        }
    }

    private static (DateTimeOffset Began, bool Ended) Read(QueueSettings settings)
    {
        var text = settings.Note(Note) ?? "";
        var ended = text.EndsWith(Ended, StringComparison.Ordinal);
        return DateTimeOffset.TryParse(
            ended ? text[..^Ended.Length] : text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind,
            out var began
        )
            ? (began, ended)
            : (DateTimeOffset.MinValue, true);
    }

    private static string Text(DateTimeOffset instant) => instant.ToString("O", CultureInfo.InvariantCulture);
}
