using System.Diagnostics.Metrics;
using FuncQueue.Engine;
using FuncQueue.Engine.Topics;
using FuncQueue.Functions.Timers;

namespace FuncQueue.Infra.Tests.Support;

/// <summary>What engine and app really measure: every instrument, with the tags and values that it was seen with.</summary>
public sealed class EmittedMetrics
{
    private static readonly Lazy<EmittedMetrics> All = new(() => new EmittedMetrics());

    private readonly Dictionary<string, Dictionary<string, HashSet<string>>> instruments = new(StringComparer.Ordinal);

    private EmittedMetrics()
    {
        using var meters = new Meters();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, me) =>
        {
            if (meters.Made.Contains(instrument.Meter))
                me.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Record(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Record(instrument, tags));
        listener.Start();
        var metrics = new EngineMetrics(meters, TimeProvider.System);
        QueueName.TryParse("orders", out var queue).ShouldBeTrue();
        metrics.Sent(queue, 1);
        metrics.Consumed(queue, 1);
        metrics.DeadLettered(queue, 1);
        metrics.LeasesExpired(queue, 1);
        metrics.Expired(queue, 1);
        metrics.Conflict(queue);
        TopicName.TryParse("events", out var topic).ShouldBeTrue();
        metrics.Published(topic, 1);
        metrics.Forwarded(topic, "orders", 1);
        metrics.Lags.See(topic, [("orders", 1)]);
        metrics.GroupLag(topic, queue, 1, TimeSpan.Zero);
        metrics.Operation("send", queue.Value, TimeSpan.Zero, new Failure.MessageNotFound());
        var timers = new TimerMetrics(meters);
        foreach (var timer in TimerFunctions.Names)
        {
            timers.Ran(timer, failure: null);
            timers.Ran(timer, new Failure.MessageNotFound());
        }

        metrics.Counted(queue, 0, new PastCount(new ShardCount(default, TimeProvider.System.GetUtcNow()), TimeProvider.System.GetUtcNow()));
        listener.RecordObservableInstruments();
    }

    /// <summary>Tags of each instrument, and the values seen.</summary>
    public static IReadOnlyDictionary<string, Dictionary<string, HashSet<string>>> Instruments => All.Value.instruments;

    private void Record(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!instruments.TryGetValue(instrument.Name, out var seen))
            instruments[instrument.Name] = seen = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in tags)
        {
            if (!seen.TryGetValue(name, out var values))
                seen[name] = values = new HashSet<string>(StringComparer.Ordinal);
            values.Add(value?.ToString() ?? "");
        }
    }
}
