using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Telemetry;

/// <summary>What the engine tells of itself: the meter and the source FuncQueue.</summary>
public sealed class MetricsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Every_event_of_a_message_is_counted_under_its_queue()
    {
        using var listener = new MeterListener();
        var name = TestEngine.Name("metrics-" + Guid.NewGuid().ToString("N"));
        var seen = new ConcurrentQueue<(string Instrument, double Value, string Tags)>();
        listener.InstrumentPublished = (instrument, me) =>
        {
            if (instrument.Meter.Name == QueueEngine.MeterName)
                me.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
        var engine = Start();
        engine.Queue = name;
        await engine.PutQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 2 });
        await engine.EnqueueAllAsync("a", "b", "c");
        await engine.DequeueAsync(3);
        Time.Advance(TimeSpan.FromSeconds(31));
        var again = await engine.DequeueAsync(3);
        await engine.DeadLetterAsync(again[0]);
        await engine.NackAsync(again[1]);
        await engine.SweepAsync();
        listener.RecordObservableInstruments();

        double Sum(string instrument, string tag = "") =>
            seen.Where(m => m.Instrument == instrument && m.Tags.Contains(tag, StringComparison.Ordinal)).Sum(m => m.Value);
        Sum("messaging.client.sent.messages").ShouldBe(3);
        Sum("messaging.client.consumed.messages").ShouldBe(6);
        Sum("funcqueue.leases.expired").ShouldBe(3);
        Sum("funcqueue.messages.dead_lettered").ShouldBe(2);
        Sum("funcqueue.queue.depth", "deadLettered").ShouldBe(2);
        Sum("funcqueue.queue.depth", "leased").ShouldBe(1);
        Sum("funcqueue.queue.oldest_message_age").ShouldBe(31, 0.1);
        foreach (var operation in new[] { "put-queue", "send", "receive", "settle" })
            seen.ShouldContain(m =>
                m.Instrument == "messaging.client.operation.duration"
                && m.Tags.Contains($"messaging.operation.name={operation}", StringComparison.Ordinal)
            );

        void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
            if (text.Contains($"messaging.destination.name={name}", StringComparison.Ordinal))
                seen.Enqueue((instrument.Name, value, text));
        }
    }

    [Fact]
    public async Task Every_operation_is_a_trace_and_a_failed_one_says_why()
    {
        var name = TestEngine.Name("traces-" + Guid.NewGuid().ToString("N"));
        var traces = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == QueueEngine.ActivitySourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = traces.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var engine = Start();
        engine.Queue = name;
        (await engine.TryEnqueueAsync("nowhere")).Failure.ShouldBeOfType<Failure.QueueNotFound>();
        await engine.PutQueueAsync();
        await engine.EnqueueAsync("x");
        var mine = traces.Where(t => Equals(t.GetTagItem("messaging.destination.name"), name.Value)).ToList();
        mine.Select(t => t.OperationName).ShouldBe([$"send {name}", $"put-queue {name}", $"send {name}"]);
        mine[0].GetTagItem("error.type").ShouldBe("QueueNotFound");
        mine[0].Status.ShouldBe(ActivityStatusCode.Error);
        mine[2].Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task A_receive_is_linked_to_the_traces_in_which_its_messages_were_sent()
    {
        const string Sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var name = TestEngine.Name("links-" + Guid.NewGuid().ToString("N"));
        var traces = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == QueueEngine.ActivitySourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = traces.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var engine = Start();
        engine.Queue = name;
        await engine.PutQueueAsync();
        foreach (var parent in new[] { Sent, Sent, null, "no trace" })
            await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes("x"u8.ToArray()), TraceParent = parent });
        (await engine.DequeueAsync(10)).Count.ShouldBe(4);
        var link = traces.Single(t => t.OperationName == $"receive {name}").Links.ShouldHaveSingleItem();
        link.Context.TraceId.ToString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        link.Context.SpanId.ToString().ShouldBe("b7ad6b7169203331");
    }
}
