using System.Collections.Concurrent;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fifo;

/// <summary>
/// Guarantees 1, 2 and 4 together on FIFO queues: processes that race for the groups of a queue, consumers that nack, forget and come
/// late, and a process that is killed half-way.
/// </summary>
[Trait("Guarantee", "4")]
public sealed class FifoRaceTests(AzuriteFixture azurite) : FifoTest(azurite)
{
    private const int Groups = 50;
    private const int MessagesEach = 100;
    private const int Consumers = 8;
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, GroupHistory> groups = new();
    private readonly ConcurrentQueue<string> violations = new();
    private readonly ConcurrentDictionary<string, bool> acknowledged = new();
    private TestEngine[] engines = [];
    private volatile bool done;
    private int acks;

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 3, false)]
    [InlineData(3, 2, true)]
    public async Task Every_group_keeps_its_order_and_nothing_is_lost_when_consumers_fail_and_a_process_is_killed(
        int seed,
        int shards,
        bool storageFails
    )
    {
        var settings = Fifo with { VisibilityTimeout = Visibility, MaxDeliveryCount = (int?)null, Shards = shards };
        engines = [await StartFifoAsync(settings, time: TimeProvider.System), Start(time: TimeProvider.System)];
        if (storageFails)
        {
            engines[0].MakeUnreliable(new Random(seed));
            engines[1].MakeUnreliable(new Random(seed + 1));
        }

        var producers = Task.WhenAll(Enumerable.Range(0, Groups).Select(g => ProduceAsync(g)));
        var consumers = Task.WhenAll(Enumerable.Range(0, Consumers).Select(c => ConsumeAsync(c % 2, new Random(seed * 100 + c))));
        await Eventually.HoldsAsync("a third is acked", () => Volatile.Read(ref acks) > Groups * MessagesEach / 3, Eventually.MuchPatience);
        var victim = engines[1];
        engines[1] = Start(time: TimeProvider.System);
        victim.Kill();
        await producers.WithinPatienceAsync(Eventually.MuchPatience);
        engines[0].Faults.Clear();
        await engines[0].Faults.AllArrivedAsync();
        await Eventually.HoldsAsync("the queue is empty", async () => await engines[0].CountsAsync() == default, Eventually.MuchPatience);
        done = true;
        await consumers.WithinPatienceAsync(Eventually.MuchPatience);

        violations.ShouldBeEmpty();
        acknowledged.Count.ShouldBeGreaterThan(Groups * MessagesEach / 2);
        foreach (var text in acknowledged.Keys)
            groups.Values.ShouldContain(g => g.WasAcked(text), text);
    }

    /// <summary>One after the other, so that their order is known; what a dying process did not answer may be there or not.</summary>
    private async Task ProduceAsync(int group)
    {
        for (var i = 0; i < MessagesEach; i++)
        {
            var text = $"{group}.{i:d4}";
            var outcome = await engines[(group + i) % 2].TryEnqueueAsync(Message($"g{group}", text));
            if (outcome.Failure is null)
                acknowledged[text] = true;
        }
    }

    private async Task ConsumeAsync(int process, Random random)
    {
        while (!done)
        {
            var engine = engines[process];
            var outcome = await engine.TryDequeueAsync(
                new DequeueRequest { MaxMessages = random.Next(1, 12), Wait = TimeSpan.FromMilliseconds(random.Next(0, 300)) }
            );
            if (outcome.Failure is not null)
                continue;
            foreach (var group in outcome.Value.GroupBy(m => m.Message.GroupId!))
            {
                var history = groups.GetOrAdd(group.Key, key => new GroupHistory(key, violations));
                history.Delivered([.. group]);
            }

            foreach (var message in outcome.Value)
                await SettleAsync(engine, random, message);
        }
    }

    private async Task SettleAsync(TestEngine engine, Random random, DeliveredMessage message)
    {
        var history = groups[message.Message.GroupId!];
        switch (random.Next(20))
        {
            // Forgotten: it comes back after its visibility timeout.
            case 0:
                return;
            case 1 or 2:
                history.Settling(message, acking: false);
                await engine.TrySettleAsync(new Settlement.Nack(TimeSpan.FromMilliseconds(random.Next(0, 50)), null), [message]);
                return;
            default:
                history.Settling(message, acking: true);
                var outcome = await engine.TrySettleAsync(new Settlement.Ack(), [message]);
                if (outcome.Failure is null && outcome.Value[0].Status == SettleStatus.Ok)
                {
                    history.Acked(message);
                    Interlocked.Increment(ref acks);
                }

                return;
        }
    }

    /// <summary>
    /// What the consumers have seen of one group, and what must not be. Leases are compared by the server's own instants.
    /// </summary>
    private sealed class GroupHistory(string name, ConcurrentQueue<string> violations)
    {
        private readonly Lock gate = new();
        private readonly List<DeliveredMessage> leases = [];
        private readonly HashSet<string> seen = [];
        private readonly HashSet<string> perhapsAcked = [];
        private readonly HashSet<string> acked = [];

        /// <summary>Or the process died that was asked to.</summary>
        public bool WasAcked(string text)
        {
            lock (gate)
                return perhapsAcked.Contains(text);
        }

        public void Delivered(List<DeliveredMessage> together)
        {
            lock (gate)
            {
                var texts = together.ConvertAll(m => m.Text());
                if (!texts.SequenceEqual(texts.Order(StringComparer.Ordinal)))
                    violations.Enqueue($"{name}: {string.Join(' ', texts)} came out of order");
                foreach (var message in together)
                {
                    // Answers may arrive in another order than that of the claims.
                    foreach (var other in leases)
                    {
                        ShouldNotPass(message, other);
                        ShouldNotPass(other, message);
                    }

                    if (acked.Contains(message.Text()))
                        violations.Enqueue($"{name}: {message.Text()} came after its ack");
                }

                foreach (
                    var earlier in seen.Where(s =>
                        !perhapsAcked.Contains(s) && !texts.Contains(s) && string.CompareOrdinal(s, texts[0]) < 0
                    )
                )
                    violations.Enqueue($"{name}: {string.Join(' ', texts)} overtook {earlier}");
                seen.UnionWith(texts);
                leases.AddRange(together);
            }
        }

        /// <summary>From here on the message may not be out any more.</summary>
        public void Settling(DeliveredMessage message, bool acking)
        {
            lock (gate)
            {
                leases.RemoveAll(l => l.Receipt == message.Receipt);
                if (acking)
                    perhapsAcked.Add(message.Text());
            }
        }

        public void Acked(DeliveredMessage message)
        {
            lock (gate)
                acked.Add(message.Text());
        }

        /// <summary>A message is handed out only while no earlier one of its group is out, nor itself.</summary>
        private void ShouldNotPass(DeliveredMessage message, DeliveredMessage other)
        {
            if (
                string.CompareOrdinal(other.Text(), message.Text()) <= 0
                && ClaimedAt(other) < ClaimedAt(message)
                && ClaimedAt(message) < other.Message.VisibleAt
            )
                violations.Enqueue($"{name}: {message.Text()} came while {other.Text()} was out");
        }

        private static DateTimeOffset ClaimedAt(DeliveredMessage message) => message.Message.VisibleAt - Visibility;
    }
}
