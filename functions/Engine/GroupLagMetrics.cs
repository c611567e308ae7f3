using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine;

/// <summary>How far groups of topics are behind, as the last sweeps found; what was found long ago is not told.</summary>
internal sealed class GroupLagMetrics
{
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(15);

    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<(string Topic, string Group), (long Records, TimeSpan Age, long At)> found = new();

    public GroupLagMetrics(Meter meter, TimeProvider time)
    {
        this.time = time;
        meter.CreateObservableGauge(
            "funcqueue.group.lag",
            () => Tell(lag => lag.Records),
            "{record}",
            "Records that a group has not committed, when its topic was last swept."
        );
        meter.CreateObservableGauge(
            "funcqueue.group.lag_time",
            () => Tell(lag => lag.Age.TotalSeconds),
            "s",
            "Age of the oldest of these records."
        );
    }

    public void Measured(TopicName topic, QueueName group, long records, TimeSpan age) =>
        found[(topic.Value, group.Value)] = (records, age, time.GetTimestamp());

    private IEnumerable<Measurement<T>> Tell<T>(Func<(long Records, TimeSpan Age, long At), T> what)
        where T : struct
    {
        foreach (var (key, lag) in found)
        {
            if (time.GetElapsedTime(lag.At) > ForgottenAfter)
                found.TryRemove(KeyValuePair.Create(key, lag));
            else
                yield return new Measurement<T>(
                    what(lag),
                    new KeyValuePair<string, object?>("messaging.destination.name", key.Topic),
                    new("funcqueue.group", key.Group)
                );
        }
    }
}
