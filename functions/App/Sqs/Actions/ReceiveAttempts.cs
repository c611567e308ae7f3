using System.Collections.Concurrent;
using FuncQueue.Engine;

namespace FuncQueue.Functions.Sqs.Actions;

/// <summary>
/// Receives from FIFO queues that name their attempt: a repeat within five minutes gets the same messages with the same receipt
/// handles, their visibility timeout begun anew, unless one of them was deleted, changed or received by another since. Remembered by
/// this process.
/// </summary>
internal sealed class ReceiveAttempts(TimeProvider time)
{
    private readonly ConcurrentDictionary<(QueueName Queue, string Attempt), Attempt> attempts = new();

    public async Task<Outcome<IReadOnlyList<DeliveredMessage>>> RunAsync(
        QueueEngine engine,
        QueueName queue,
        string attempt,
        DequeueRequest request,
        CancellationToken cancellationToken
    )
    {
        Forget();
        var mine = attempts.GetOrAdd((queue, attempt), _ => new Attempt(time.GetTimestamp()));
        await mine.Gate.WaitAsync(cancellationToken);
        try
        {
            if (mine.Messages.Count > 0)
            {
                var repeated = await RepeatAsync(engine, queue, mine.Messages, request, cancellationToken);
                if (repeated is not null)
                    return Remember(mine, repeated);
            }

            return Remember(mine, await engine.DequeueAsync(queue, MessageSource.Live, request, cancellationToken));
        }
        finally
        {
            mine.Gate.Release();
        }
    }

    /// <summary>The messages once more, if all are still as they were handed out; null when they are not.</summary>
    private static async Task<Outcome<IReadOnlyList<DeliveredMessage>>?> RepeatAsync(
        QueueEngine engine,
        QueueName queue,
        IReadOnlyList<DeliveredMessage> messages,
        DequeueRequest request,
        CancellationToken cancellationToken
    )
    {
        foreach (var message in messages)
        {
            var found = await engine.FindMessageAsync(queue, message.Message.MessageId, cancellationToken);
            if (
                !found.TryGetValue(out var now, out _)
                || now.Status != MessageStatus.Leased
                || now.VisibleAt != message.Message.VisibleAt
                || now.DeliveryCount != message.Message.DeliveryCount
            )
                return null;
        }

        var extended = await engine.SettleAsync(
            queue,
            MessageSource.Live,
            new Settlement.Extend(request.VisibilityTimeout),
            [.. messages.Select(m => m.Receipt!)],
            cancellationToken
        );
        if (!extended.TryGetValue(out var results, out var failure))
            return failure;
        return results.All(r => r.Status == SettleStatus.Ok)
            ? (Outcome<IReadOnlyList<DeliveredMessage>>)
                messages.Zip(results, (m, r) => m with { Message = m.Message with { VisibleAt = r.VisibleAt!.Value } }).ToList()
            : null;
    }

    private static Outcome<IReadOnlyList<DeliveredMessage>> Remember(Attempt attempt, Outcome<IReadOnlyList<DeliveredMessage>> outcome)
    {
        if (outcome.TryGetValue(out var messages, out _))
            attempt.Messages = messages;
        return outcome;
    }

    private void Forget()
    {
        foreach (var (key, attempt) in attempts)
        {
            if (time.GetElapsedTime(attempt.BeganAt) > SqsLimits.AttemptTime)
                attempts.TryRemove(key, out _);
        }
    }

    private sealed class Attempt(long beganAt)
    {
        public long BeganAt => beganAt;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public IReadOnlyList<DeliveredMessage> Messages { get; set; } = [];
    }
}
