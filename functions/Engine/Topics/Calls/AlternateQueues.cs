using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Topics.Forwarding;

namespace FuncQueue.Engine.Topics.Calls;

/// <summary>The alternate queue of a topic: a setting to callers, and a subscription of its own kind within.</summary>
internal sealed class AlternateQueues(QueueDirectory queues, TopicDirectory topics)
{
    /// <summary>Changes a topic, and then whom it forwards what nobody takes; it can be repeated.</summary>
    public async Task<Outcome<TopicPut>> PutAsync(
        TopicSettingsChange change,
        Func<Task<Outcome<TopicPut>>> put,
        CancellationToken cancellationToken
    )
    {
        // What is no name is refused below, with all other faults.
        if (QueueName.TryParse(change.AlternateQueue.Or(null), out var name))
        {
            var known = await QueueCalls.GuardAsync<bool>(async () => await queues.ReadAsync(name, cancellationToken) is not null);
            if (!known.TryGetValue(out var isThere, out var unread))
                return unread;
            if (!isThere)
                return new Failure.QueueNotFound(name);
        }

        var outcome = await put();
        if (!outcome.TryGetValue(out var done, out _))
            return outcome;
        var alternate = QueueName.TryParse(done.Status.Topic.Settings.AlternateQueue, out var queue) ? queue : null;
        var set = await QueueCalls.GuardAsync<bool>(async () =>
            await topics.FindAsync(done.Status.Topic.Name, cancellationToken) is { Subscriptions: TopicSubscriptions subscriptions }
            && await subscriptions.Calls.SetAlternateAsync(alternate, cancellationToken) is { } unset
                ? unset
                : true
        );
        return set.Failure is { } failure ? QueueCalls.InPart(failure) : outcome;
    }
}
