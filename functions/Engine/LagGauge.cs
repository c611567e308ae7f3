using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine;

/// <summary>
/// How many records each subscription had still to take when this process last looked. What it has not looked at for a while another
/// process looks at: it is left out. Thread-safe.
/// </summary>
internal sealed class LagGauge(TimeProvider time)
{
    public const string SubscriptionTag = "funcqueue.subscription.name";

    /// <summary>Longer than the timer pauses.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Topic, string Subscription), (long Lag, DateTimeOffset At)> seen = new();

    public IEnumerable<Measurement<long>> Now
    {
        get
        {
            foreach (var ((topic, subscription), (lag, at)) in seen)
            {
                if (at + GoodFor > time.GetUtcNow())
                    yield return new(
                        lag,
                        new KeyValuePair<string, object?>("messaging.destination.name", topic),
                        new(SubscriptionTag, subscription)
                    );
                else
                    seen.TryRemove(new KeyValuePair<(string, string), (long, DateTimeOffset)>((topic, subscription), (lag, at)));
            }
        }
    }

    /// <summary>Takes in the subscriptions of a topic as they are; others of it are gone.</summary>
    public void See(TopicName topic, IReadOnlyList<(string Subscription, long Lag)> lags)
    {
        var now = time.GetUtcNow();
        foreach (var (subscription, lag) in lags)
            seen[(topic.Value, subscription)] = (lag, now);
        foreach (var gone in seen.Keys.Where(k => k.Topic == topic.Value && lags.All(l => l.Subscription != k.Subscription)))
            seen.TryRemove(gone, out _);
    }
}
