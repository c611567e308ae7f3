using FuncQueue.Chaos.Cluster;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Workload;

/// <summary>Receives and settles in all the ways that consumers have, the bad ones included; each call goes to any process.</summary>
internal sealed class Consumer(AppCluster cluster, Receiving receiving, Settling settling, IReadOnlyList<QueueSpec> queues, Random random)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (cluster.Choose(random) is { } slot)
                await ConsumeAsync(slot, queues[random.Next(queues.Count)], stopping);
            else
                await Pauses.WaitAsync(TimeSpan.FromMilliseconds(50), stopping);
        }
    }

    private async Task ConsumeAsync(AppSlot slot, QueueSpec queue, CancellationToken stopping)
    {
        TimeSpan? visibility = random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.Next(1, 7));
        // Some hang up while they wait.
        using var hangUp = random.Next(20) == 0 ? new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(1500))) : null;
        var maxMessages = random.Next(3) == 0 ? random.Next(1, 40) : random.Next(1, 4);
        var deliveries = await receiving.DequeueAsync(
            slot,
            queue,
            maxMessages,
            waitSeconds: random.Next(3),
            visibility,
            hangUp?.Token ?? default
        );
        if (deliveries.Count == 0 || queue.AtMostOnce)
            return;
        await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(10) == 0 ? random.Next(1500) : random.Next(30)), stopping);
        var poison = deliveries.Where(d => d.Key.EndsWith(Message.Poison, StringComparison.Ordinal)).ToList();
        var broken = deliveries.Where(IsBroken).ToList();
        var good = deliveries.Except(poison).Except(broken).ToList();
        if (broken.Count > 0)
            await SettleAsync(queue, Verb.DeadLetter, broken, reason: "It is broken.");
        if (poison.Count > 0)
            await SettleAsync(queue, Verb.Nack, poison, reason: "It is poison.");
        if (good.Count > 0)
            await SettleInSomeWayAsync(queue, good, visibility ?? queue.VisibilityTimeout, stopping);
    }

    private bool IsBroken(Delivery delivery) =>
        delivery.Key.EndsWith(Message.Broken, StringComparison.Ordinal) && (delivery.OriginalMessageId is null || random.Next(4) == 0);

    private async Task SettleInSomeWayAsync(QueueSpec queue, List<Delivery> good, TimeSpan visibility, CancellationToken stopping)
    {
        switch (random.Next(100))
        {
            case < 8:
                foreach (var one in good)
                    await SettleAsync(queue, Verb.Ack, [one]);
                break;
            case < 16:
                await SettleAsync(queue, Verb.Nack, good, seconds: random.Next(3) == 0 ? random.Next(3) : null);
                break;
            case < 24:
                await SettleAsync(queue, Verb.Extend, good, seconds: random.Next(1, 9));
                await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(2000)), stopping);
                await SettleAsync(queue, Verb.Ack, good);
                break;
            case < 29:
                await GiveOneBackAsync(queue, good, stopping);
                break;
            case < 33:
                // Gone, without a word.
                break;
            case < 35:
                // Late: by then others may have got it.
                await Pauses.WaitAsync(visibility + TimeSpan.FromMilliseconds(random.Next(1500)), stopping);
                await SettleAsync(queue, Verb.Ack, good);
                break;
            case < 39:
                await SettleAsync(queue, Verb.DeadLetter, good, reason: "The consumer says so.");
                break;
            case < 41:
                // Twice at once, through two processes perhaps: one of them ends each lease.
                await Task.WhenAll(SettleAsync(queue, Verb.Ack, good), SettleAsync(queue, OtherEnd(), good));
                break;
            case < 45:
                await SettleAsync(queue, Verb.Release, good);
                break;
            case < 48:
                await SettleAsync(queue, Verb.Ack, good);
                await SettleAsync(queue, OtherEnd(), good);
                break;
            default:
                await SettleAsync(queue, Verb.Ack, good);
                break;
        }
    }

    private Verb OtherEnd() =>
        random.Next(4) switch
        {
            < 2 => Verb.Ack,
            2 => Verb.Nack,
            _ => Verb.Release,
        };

    /// <summary>Gives the first or the last back while the others are at work.</summary>
    private async Task GiveOneBackAsync(QueueSpec queue, List<Delivery> good, CancellationToken stopping)
    {
        var back = random.Next(3) > 0 ? good[0] : good[^1];
        var others = good.FindAll(d => d != back);
        if (random.Next(2) == 0)
            await SettleAsync(queue, Verb.Nack, [back], seconds: 0);
        else
            await SettleAsync(queue, Verb.Release, [back]);
        await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(600)), stopping);
        if (others.Count == 0)
            return;
        if (random.Next(2) == 0)
        {
            await SettleAsync(queue, Verb.Extend, others, seconds: random.Next(1, 9));
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(600)), stopping);
        }

        await SettleAsync(queue, Verb.Ack, others);
    }

    /// <summary>Settles; when nothing happened, or perhaps nothing, tries again, perhaps elsewhere.</summary>
    private async Task SettleAsync(
        QueueSpec queue,
        Verb verb,
        IReadOnlyList<Delivery> deliveries,
        int? seconds = null,
        string? reason = null
    )
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (cluster.Choose(random) is not { } slot)
                return;
            var ending = await settling.SettleAsync(slot, queue, verb, deliveries, seconds, reason);
            if (ending == Ending.Ok || (ending == Ending.Unknown && random.Next(2) == 0))
                return;
            await Pauses.WaitAsync(TimeSpan.FromMilliseconds(random.Next(200)), CancellationToken.None);
        }
    }
}
