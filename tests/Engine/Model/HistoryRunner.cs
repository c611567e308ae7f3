using FuncQueue.Engine.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Carries out a history on real processes and on the model, and compares what they say.</summary>
public sealed class HistoryRunner(IReadOnlyList<TestEngine> processes, FakeTimeProvider time, QueueSettings settings)
{
    private readonly List<ModelMessage> messages = [];
    private readonly List<DeliveredMessage> handedOut = [];
    private int lastText;

    private DateTimeOffset Now => time.GetUtcNow();

    public async Task RunAsync(Operation operation)
    {
        var process = processes[operation.Process];
        switch (operation)
        {
            case Operation.PassTime(var seconds):
                time.Advance(TimeSpan.FromSeconds(seconds));
                break;
            case Operation.Enqueue enqueue:
                await EnqueueAsync(process, enqueue);
                break;
            case Operation.Dequeue dequeue:
                await DequeueAsync(process, dequeue);
                break;
            case Operation.Settle settle when handedOut.Count > 0:
                await SettleAsync(process, settle);
                break;
            case Operation.Cancel(_, var pick) when messages.Count > 0:
                await CancelAsync(process, messages[pick % messages.Count]);
                break;
            case Operation.Redrive redrive:
                await RedriveAsync(process, redrive);
                break;
            case Operation.Sweep sweep:
                (await process.SweepAsync(sweep.Scope, sweep.Everything)).ShardsFailed.ShouldBe(0);
                if (sweep.Scope.HasFlag(SweepScope.Poison))
                    messages.Where(m => m.IsOver(Now)).ToList().ForEach(m => m.End(Now));
                break;
            case Operation.Purge purge:
                (await process.Engine.PurgeAsync(process.Queue, purge.Source, TestContext.Current.CancellationToken)).Value.Complete.ShouldBeTrue();
                messages.Where(m => m.IsDead == (purge.Source == MessageSource.DeadLetters)).ToList().ForEach(m => m.Remove());
                break;
        }

        await NoticeDeathsAsync(process);
    }

    /// <summary>Any operation may come by a message that is over and dead-letter it; none has to.</summary>
    private async Task NoticeDeathsAsync(TestEngine process)
    {
        foreach (var message in messages.Where(m => !m.IsDead && m.IsOver(Now)))
        {
            var found = await process.Engine.FindMessageAsync(process.Queue, message.Id, TestContext.Current.CancellationToken);
            if (found.Failure is null && found.Value.Status == MessageStatus.DeadLettered)
                message.End(Now);
        }
    }

    /// <summary>At the end every message is where the model says, and nothing else is there.</summary>
    public async Task CompareAsync()
    {
        var process = processes[0];
        await RunAsync(new Operation.Sweep(1, SweepScope.All, Everything: true));
        foreach (var message in messages)
        {
            var found = await process.Engine.FindMessageAsync(process.Queue, message.Id, TestContext.Current.CancellationToken);
            if (message.StatusAt(Now) is not { } status)
            {
                found.Failure.ShouldBeOfType<Failure.MessageNotFound>(message.Text);
                continue;
            }

            found.Failure.ShouldBeNull(message.Text);
            found.Value.Status.ShouldBe(status, message.Text);
            found.Value.Text().ShouldBe(message.Text);
            found.Value.DeliveryCount.ShouldBe(message.DeliveryCount, message.Text);
            found.Value.DeadLetterReason.ShouldBe(message.Reason, message.Text);
        }

        int In(MessageStatus status) => messages.Count(m => m.StatusAt(Now) == status);
        (await process.CountsAsync()).ShouldBe(new MessageCounts(In(MessageStatus.Ready), In(MessageStatus.Leased), In(MessageStatus.Scheduled), In(MessageStatus.DeadLettered)));
        (await process.PeekEverythingAsync(pageSize: 3)).Select(m => m.MessageId).ShouldBe(messages.Where(m => m.StatusAt(Now) == MessageStatus.Ready).Select(m => m.Id), ignoreOrder: true);
        (await process.Engine.ListScheduledAsync(process.Queue, 1000, null, TestContext.Current.CancellationToken)).Value.Messages.Select(m => m.MessageId)
            .ShouldBe(messages.Where(m => m.StatusAt(Now) == MessageStatus.Scheduled).Select(m => m.Id), ignoreOrder: true);
        (await process.PeekEverythingAsync(MessageSource.DeadLetters)).Select(m => m.MessageId).ShouldBe(messages.Where(m => m.StatusAt(Now) == MessageStatus.DeadLettered).Select(m => m.Id), ignoreOrder: true);
    }

    private async Task EnqueueAsync(TestEngine process, Operation.Enqueue operation)
    {
        var texts = Enumerable.Range(0, operation.Messages).Select(_ => $"message {++lastText}").ToList();
        var (delay, ttl) = (TimeSpan.FromSeconds(operation.DelaySeconds), operation.TtlSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null);
        var ids = await process.EnqueueAllAsync(texts.Select(t => TestEngine.Text(t) with { Delay = delay, TimeToLive = ttl }));
        messages.AddRange(ids.Zip(texts, (id, text) => new ModelMessage(id, text, Now + delay, Now + delay + (ttl ?? settings.MessageTimeToLive), settings)));
    }

    private async Task DequeueAsync(TestEngine process, Operation.Dequeue operation)
    {
        var lease = TimeSpan.FromSeconds(operation.LeaseSeconds);
        var deliverable = messages.Where(m => m.IsDead == (operation.Source == MessageSource.DeadLetters) && m.IsDeliverable(Now)).ToDictionary(m => m.Id);
        var delivered = await process.DequeueAsync(operation.Max, lease, delete: operation.Delete, source: operation.Source);
        delivered.Count.ShouldBeInRange(Math.Min(1, deliverable.Count), operation.Max);
        delivered.Select(m => m.Id()).ShouldBeUnique();
        foreach (var message in delivered)
        {
            deliverable.ShouldContainKey(message.Id(), message.Text());
            var expected = deliverable[message.Id()];
            expected.Deliver(message.Receipt, Now + lease);
            message.Text().ShouldBe(expected.Text);
            message.Message.DeliveryCount.ShouldBe(expected.DeliveryCount);
            (message.Receipt is null).ShouldBe(operation.Delete);
            if (!operation.Delete)
                handedOut.Add(message);
        }
    }

    private async Task SettleAsync(TestEngine process, Operation.Settle operation)
    {
        var message = handedOut[operation.Pick % handedOut.Count];
        var source = message.Message.Status == MessageStatus.DeadLettered ? MessageSource.DeadLetters : MessageSource.Live;
        if (operation.How == "dead-letter" && source == MessageSource.DeadLetters)
            return;
        var duration = TimeSpan.FromSeconds(operation.Seconds);
        Settlement settlement = operation.How switch
        {
            "ack" => new Settlement.Ack(),
            "nack" => new Settlement.Nack(duration, null),
            "extend" => new Settlement.Extend(duration),
            _ => new Settlement.DeadLetter("enough"),
        };
        var expected = messages.Single(m => m.Id == message.Id());
        var accepts = expected.Accepts(message.Receipt!, Now);
        var settled = await process.SettleAsync(settlement, message, source);
        var ok = accepts ?? settled.Status == SettleStatus.Ok;
        settled.Status.ShouldBe(ok ? SettleStatus.Ok : SettleStatus.LeaseLost, $"{operation} of {expected.Text}");
        if (ok)
        {
            expected.Settle(operation.How, duration, Now);
            settled.VisibleAt.ShouldBe(operation.How == "extend" ? Now + duration : null);
        }
        else if (accepts is null)
        {
            expected.End(Now);
        }
    }

    private async Task CancelAsync(TestEngine process, ModelMessage message)
    {
        var cancelled = await process.Engine.CancelScheduledAsync(process.Queue, message.Id, TestContext.Current.CancellationToken);
        if (cancelled.Failure is not null)
            cancelled.Failure.ShouldBeOfType<Failure.MessageNotFound>();
        if (!message.IsOver(Now))
            (cancelled.Failure is null).ShouldBe(message.StatusAt(Now) == MessageStatus.Scheduled, $"to cancel {message.Text}");
        if (cancelled.Failure is null)
            message.Remove();
    }

    private async Task RedriveAsync(TestEngine process, Operation.Redrive operation)
    {
        if (messages.Count == 0)
            return;
        var named = operation.Picks.Select(p => messages[p % messages.Count]).Distinct().ToList();
        var moving = named.Where(m => m.IsDead && !m.IsGone && !m.IsOver(Now) && !m.LeaseHolds(Now)).ToList();
        var redriven = (await process.Engine.RedriveAsync(process.Queue, new RedriveRequest { MessageIds = [.. named.Select(m => m.Id)] }, TestContext.Current.CancellationToken)).Value;
        redriven.Moved.ShouldBe(moving.Count);
        var ready = await process.PeekEverythingAsync();
        foreach (var message in moving)
        {
            message.Remove();
            var reborn = ready.Where(m => m.OriginalMessageId == message.Id).ShouldHaveSingleItem();
            messages.Add(new ModelMessage(reborn.MessageId, message.Text, Now, Now + settings.MessageTimeToLive, settings));
        }
    }
}
