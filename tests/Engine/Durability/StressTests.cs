using System.Collections.Concurrent;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Durability;

/// <summary>
/// Guarantees 1, 2 and 5 together: processes that race for the messages of one queue on a storage that fails, and consumers that nack,
/// forget and come late.
/// </summary>
[Trait("Guarantee", "1")]
public sealed class StressTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Producers = 6;
    private const int Consumers = 9;
    private const int MessagesEach = 60;

    private readonly ConcurrentDictionary<string, Outcome<Enqueued>> enqueued = new();
    private readonly ConcurrentDictionary<MessageId, History> histories = new();
    private readonly ConcurrentQueue<string> violations = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public async Task Every_message_that_was_enqueued_is_delivered_and_acked_once_and_none_is_invented(int seed, int shards)
    {
        var queue = new QueueSettingsChange
        {
            MaxDeliveryCount = (int?)null,
            VisibilityTimeout = TimeSpan.FromSeconds(1),
            Shards = shards,
        };
        var engines = new[]
        {
            await StartWithQueueAsync(queue, time: TimeProvider.System),
            Start(time: TimeProvider.System),
            Start(time: TimeProvider.System),
        };
        for (var i = 0; i < engines.Length; i++)
            engines[i].MakeUnreliable(new Random(seed * 10 + i));
        var producers = Task.WhenAll(Enumerable.Range(0, Producers).Select(p => ProduceAsync(engines[p % 3], p)));
        var done = false;
        var consumers = Task.WhenAll(
            Enumerable
                .Range(0, Consumers)
                .Select(c => ConsumeAsync(engines[c % 3], new Random(seed * 100 + c), () => Volatile.Read(ref done)))
        );
        await producers.WithinPatienceAsync(Eventually.MuchPatience);
        foreach (var engine in engines)
            engine.Faults.Clear();
        await Task.WhenAll(engines.Select(e => e.Faults.AllArrivedAsync()));
        await Eventually.HoldsAsync("the queue is empty", async () => await engines[0].CountsAsync() == default, Eventually.MuchPatience);
        Volatile.Write(ref done, true);
        await consumers.WithinPatienceAsync(Eventually.MuchPatience);

        violations.ShouldBeEmpty();
        foreach (var (text, outcome) in enqueued)
        {
            var copies = histories.Where(h => h.Value.Text == text).ToList();
            if (outcome.TryGetValue(out var success, out var failure))
            {
                var (id, history) = copies.ShouldHaveSingleItem();
                id.ShouldBe(success.MessageId);
                (history.Acked || history.PerhapsAcked).ShouldBeTrue();
            }
            else
            {
                copies.Count.ShouldBeLessThanOrEqualTo(failure is Failure.OutcomeUnknown ? 1 : 0, $"{text}: {failure}");
            }
        }

        histories.Values.ShouldAllBe(h => enqueued.ContainsKey(h.Text));
        enqueued.Values.Count(o => o.Failure is null).ShouldBeGreaterThan(Producers * MessagesEach / 2);
    }

    private async Task ProduceAsync(TestEngine engine, int producer)
    {
        for (var i = 0; i < MessagesEach; i += 3)
        {
            // One alone, two together.
            var texts = Enumerable.Range(i, 3).Select(n => $"{producer}.{n}").ToList();
            enqueued[texts[0]] = await engine.TryEnqueueAsync(texts[0]);
            var batch = await engine.Engine.EnqueueBatchAsync(engine.Queue, [.. texts.Skip(1).Select(TestEngine.Text)], Cancellation);
            for (var n = 1; n < texts.Count; n++)
                enqueued[texts[n]] = batch.Failure is { } failure ? failure : batch.Value[n - 1];
        }
    }

    private async Task ConsumeAsync(TestEngine engine, Random random, Func<bool> done)
    {
        while (!done())
        {
            var request = new DequeueRequest { MaxMessages = random.Next(1, 8), Wait = TimeSpan.FromMilliseconds(random.Next(0, 300)) };
            var asked = TimeProvider.System.GetTimestamp();
            var outcome = await engine.TryDequeueAsync(request);
            if (!outcome.TryGetValue(out var messages, out var failure))
            {
                Check(
                    failure is Failure.StorageThrottled or Failure.StorageUnavailable or Failure.OutcomeUnknown,
                    $"a dequeue failed with {failure}"
                );
                continue;
            }

            foreach (var message in messages)
            {
                var history = histories.GetOrAdd(message.Id(), _ => new History(message.Text()));
                // Acked before this delivery was asked for would be a message that came back from the dead.
                Check(!(history.AckedAt < asked), $"{history.Text} was delivered after its ack");
                Check(
                    history.Deliveries.TryAdd(message.Message.DeliveryCount, true),
                    $"{history.Text} was delivered twice as delivery {message.Message.DeliveryCount}"
                );
                await SettleAsync(engine, random, message, history);
            }
        }
    }

    private async Task SettleAsync(TestEngine engine, Random random, DeliveredMessage message, History history)
    {
        var choice = random.Next(10);
        if (choice == 0)
            return;
        if (choice <= 2)
        {
            await engine.TrySettleAsync(new Settlement.Nack(TimeSpan.FromMilliseconds(random.Next(0, 200)), null), [message]);
            return;
        }

        if (choice == 3)
            await engine.TrySettleAsync(new Settlement.Extend(TimeSpan.FromSeconds(1)), [message]);
        var outcome = await engine.TrySettleAsync(new Settlement.Ack(), [message]);
        if (outcome.Failure is Failure.OutcomeUnknown)
        {
            history.PerhapsAcked = true;
        }
        else if (outcome.Failure is null && outcome.Value[0].Status == SettleStatus.Ok)
        {
            Check(!history.Acked, $"{history.Text} was acked twice");
            history.AckedAt = TimeProvider.System.GetTimestamp();
        }
    }

    private void Check(bool holds, string what)
    {
        if (!holds)
            violations.Enqueue(what);
    }

    private sealed class History(string text)
    {
        private long ackedAt;
        private volatile bool perhapsAcked;

        public string Text => text;

        public ConcurrentDictionary<int, bool> Deliveries { get; } = new();

        public bool Acked => Volatile.Read(ref ackedAt) != 0;

        /// <summary>When the first ack had succeeded; null: none has.</summary>
        public long? AckedAt
        {
            get => Volatile.Read(ref ackedAt) is not 0 and var at ? at : null;
            set => Interlocked.CompareExchange(ref ackedAt, value!.Value, 0);
        }

        public bool PerhapsAcked
        {
            get => perhapsAcked;
            set => perhapsAcked = value;
        }
    }
}
