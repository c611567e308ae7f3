using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Tests.Topics.Forwarding;

namespace FuncQueue.Engine.Tests.Telemetry;

/// <summary>What the engine tells of topics: records stored and forwarded, and how far subscriptions are behind.</summary>
public sealed class TopicMetricsTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Fact]
    public async Task Records_are_counted_when_they_are_stored_and_when_they_arrive_and_those_that_have_not_are_a_lag()
    {
        var seen = new ConcurrentQueue<(string Instrument, string Subscription, long Value)>();
        var engine = await StartWithTopicAsync();
        // One that no other test has.
        var name = $"s{Guid.NewGuid():N}";
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, me) =>
            {
                if (instrument.Meter.Name == QueueEngine.MeterName)
                    me.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                foreach (var (key, subscription) in tags)
                {
                    if (key == LagGauge.SubscriptionTag && Equals(subscription, name))
                        seen.Enqueue((instrument.Name, name, value));
                }
            }
        );
        listener.Start();
        await SubscribeAsync(engine, name);
        await PublishAllAsync(engine, Enumerable.Range(0, 5).Select(i => Text($"{i}")));
        await engine.Topics.WhenIdleAsync();
        seen.Where(s => s.Instrument == "funcqueue.topic.forwarded").Sum(s => s.Value).ShouldBe(5);
        engine.Faults.Refuse(r => r.InsertsMessages, int.MaxValue);
        await PublishAllAsync(engine, Enumerable.Range(0, 3).Select(i => Text($"{i}")));
        await ForwardAsync(engine);
        Lag().ShouldBe(3);
        engine.Faults.Clear();
        await ForwardAsync(engine);
        Lag().ShouldBe(0);
        // Another process looks from now on.
        Time.Advance(TimeSpan.FromMinutes(6));
        Lag().ShouldBeNull();

        long? Lag()
        {
            seen.Clear();
            listener.RecordObservableInstruments();
            return seen.Where(s => s.Instrument == "funcqueue.topic.lag").Select(s => (long?)s.Value).SingleOrDefault();
        }
    }
}
