using System.Text;
using FuncQueue.Engine.Queues;

namespace FuncQueue.Engine;

/// <summary>Batches that share one deduplication id.</summary>
public static class BatchEnqueue
{
    /// <summary>
    /// Stores all of the messages or none; a repeat of the batch within the window of the id is a no-op that returns the first ids. One row
    /// remembers the id, where ids of their own take a row each. On standard queues.
    /// </summary>
    /// <param name="engine">The queues.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="messages">As <see cref="Check"/> has no fault in.</param>
    /// <param name="deduplicationId">Names the batch, with the number of its messages.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<Outcome<IReadOnlyList<Enqueued>>> EnqueueTogetherAsync(
        this QueueEngine engine,
        QueueName queue,
        IReadOnlyList<NewMessage> messages,
        string deduplicationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(engine);
        return new Enqueueing(engine.Context, engine.Calls).TogetherAsync(queue, messages, deduplicationId, cancellationToken);
    }

    /// <summary>Faults of a batch that is to share an id, beyond those of its messages.</summary>
    public static IReadOnlyList<Fault> Check(IReadOnlyList<NewMessage> messages, string deduplicationId)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var faults = new List<Fault>();
        RequestRules.CheckId(faults, "deduplicationId", deduplicationId);
        faults.AddRange(
            messages
                .Index()
                .Where(m => m.Item.DeduplicationId is not null)
                .Select(m => new Fault($"messages[{m.Index}].deduplicationId", "The batch has an id for all of its messages."))
        );
        var kinds = messages.Select(m => (m.Priority ?? 0, m.Delay, m.EnqueueAt)).Distinct().Count();
        if (kinds > Limits.MaxTogetherKinds)
            faults.Add(
                new Fault(
                    "deduplicationId",
                    $"The messages of a batch with one id may have {Limits.MaxTogetherKinds} differing delays, instants and priorities."
                )
            );
        return faults;
    }

    /// <summary>Whether a batch fits one transaction.</summary>
    public static bool Fits(IReadOnlyList<NewMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return messages.All(m => m.Body.Bytes.Length <= Limits.MaxInlineBodyBytes)
            && messages.Sum(m => (long)m.Body.Bytes.Length + m.Attributes.Sum(a => (long)Encoding.UTF8.GetByteCount(a.Key + a.Value)))
                <= Limits.MaxTogetherBytes;
    }
}
