using CsCheck;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Sweeping;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>What time makes due, decided without storage.</summary>
public sealed class UpkeepTests
{
    private static readonly Gen<(MessageState State, MessageIndex Index, DeliveryPolicy Policy, DateTimeOffset Now)> Case = Gen.Select(
        Any.State,
        Any.Index,
        Any.Policy,
        Any.Instant
    );

    [Fact]
    public void A_lease_holds_until_its_end_for_the_process_that_gave_it_and_a_little_longer_for_others() =>
        Case.Sample(
            (state, _, policy, now) =>
            {
                var own = state.Status == SlotStatus.Leased && state.LeaseId.Process == Any.ThisProcess;
                var expected =
                    state.Status is SlotStatus.Leased or SlotStatus.Extended
                    && now < state.VisibleAt + (own ? TimeSpan.Zero : policy.ClockSkewBound);
                Upkeep.LeaseHolds(state, policy, now).ShouldBe(expected);
            },
            iter: 5000
        );

    [Fact]
    public void A_message_whose_lease_holds_or_that_is_done_is_left_alone() =>
        Case.Sample(
            (state, index, policy, now) =>
            {
                if (state.Status == SlotStatus.Done || Upkeep.LeaseHolds(state, policy, now))
                {
                    Upkeep.Decide(state, index, policy, now).ShouldBeOfType<Upkeep.None>();
                    Delivery.CanDeliver(state, index, policy, now).ShouldBeFalse();
                }
            },
            iter: 5000
        );

    [Fact]
    public void What_is_due_follows_from_expiry_then_deliveries_then_the_lease() =>
        Case.Sample(
            (state, index, policy, now) =>
            {
                if (state.Status == SlotStatus.Done || Upkeep.LeaseHolds(state, policy, now))
                    return;
                var live = policy.Source == MessageSource.Live;
                var due = Upkeep.Decide(state, index, policy, now);
                if (index.ExpiresAt <= now)
                    due.ShouldBe(live && policy.OnExpiry == ExpiryAction.DeadLetter ? new Upkeep.DeadLetter("expired") : new Upkeep.Drop());
                else if (live && policy.MaxDeliveryCount is { } max && state.DeliveryCount >= max)
                    due.ShouldBe(new Upkeep.DeadLetter("max-delivery-count-exceeded"));
                else if (state.Status == SlotStatus.Ready)
                    due.ShouldBeOfType<Upkeep.None>();
                else
                    due.ShouldBeOfType<Upkeep.Redeliver>()
                        .Ready.ShouldSatisfyAllConditions(
                            ready => ready.Status.ShouldBe(SlotStatus.Ready),
                            ready => ready.DeliveryCount.ShouldBe(state.DeliveryCount),
                            ready => ready.LeaseId.ShouldBe(state.LeaseId, "its holder may still ack it"),
                            ready => ready.VisibleAt.ShouldBe(state.VisibleAt + policy.BackoffAfter(state))
                        );
            },
            iter: 10_000
        );

    [Fact]
    public void Upkeep_is_idempotent() =>
        Case.Sample(
            (state, index, policy, now) =>
            {
                if (Upkeep.Decide(state, index, policy, now) is Upkeep.Redeliver(var ready))
                    Upkeep.Decide(ready, index, policy, now).ShouldBeOfType<Upkeep.None>();
            },
            iter: 5000
        );

    [Fact]
    public void A_dequeue_delivers_after_upkeep_what_it_would_deliver_without() =>
        Case.Sample(
            (state, index, policy, now) =>
            {
                var deliverable = Delivery.CanDeliver(state, index, policy, now);
                switch (Upkeep.Decide(state, index, policy, now))
                {
                    case Upkeep.Redeliver(var ready):
                        deliverable.ShouldBe(Delivery.CanDeliver(ready, index, policy, now));
                        break;
                    case Upkeep.DeadLetter or Upkeep.Drop:
                        deliverable.ShouldBeFalse();
                        break;
                    default:
                        deliverable.ShouldBe(state.Status == SlotStatus.Ready && state.VisibleAt <= now);
                        break;
                }
            },
            iter: 5000
        );

    [Fact]
    public void Nothing_is_to_do_before_the_instant_foretold_and_something_from_then_on() =>
        Case.Sample(
            (state, index, policy, now) =>
            {
                var actionable = Delivery.ActionableAt(state, index, policy) <= now;
                var delivers = Delivery.CanDeliver(state, index, policy, now);
                var tends = Upkeep.Decide(state, index, policy, now) is Upkeep.DeadLetter or Upkeep.Drop;
                actionable.ShouldBe(delivers || tends);
            },
            iter: 20_000
        );

    [Fact]
    public void A_sweep_finds_something_due_from_the_instant_it_noted_and_not_before() =>
        Case.Sample(
            (state, index, policy, now) =>
            {
                var due = Upkeep.Decide(state, index, policy, now);
                (SweepDue.Redelivery(state, index, policy) <= now && due is not (Upkeep.DeadLetter or Upkeep.Drop)).ShouldBe(
                    due is Upkeep.Redeliver
                );
                (SweepDue.Removal(state, index, policy) <= now).ShouldBe(due is Upkeep.DeadLetter or Upkeep.Drop);
            },
            iter: 20_000
        );

    [Fact]
    public void A_row_is_due_for_the_scopes_that_its_messages_are_due_for() =>
        Gen.Select(Gen.Select(Any.State, Any.Index).Array[1, 4], Any.Policy, Any.Instant)
            .Sample(
                (messages, policy, now) =>
                {
                    var row = new BatchRow
                    {
                        Shard = 0,
                        Key = "",
                        Birth = default,
                        FirstIndex = 0,
                        ETag = default,
                        State = [.. messages.Select(m => m.Item1)],
                        Index = new RowIndex(Any.Epoch, [.. messages.Select(m => m.Item2)]),
                        Data = null,
                    };
                    var due = messages.Select(m => Upkeep.Decide(m.Item1, m.Item2, policy, now)).ToList();
                    SweepDue.IsDue(row, SweepScope.ExpiredLeases, policy, now).ShouldBe(due.Exists(d => d is Upkeep.Redeliver));
                    SweepDue.IsDue(row, SweepScope.Poison, policy, now).ShouldBe(due.Exists(d => d is Upkeep.DeadLetter or Upkeep.Drop));
                    SweepDue.IsDue(row, SweepScope.Storage, policy, now).ShouldBeFalse();
                },
                iter: 5000
            );

    [Theory]
    [InlineData(0, 60, 5, 0)]
    [InlineData(2, 60, 1, 2)]
    [InlineData(2, 60, 2, 4)]
    [InlineData(2, 60, 5, 32)]
    [InlineData(2, 60, 6, 60)]
    [InlineData(2, 60, 1000, 60)]
    [InlineData(43200, 43200, int.MaxValue, 43200)]
    public void The_retry_backoff_doubles_with_each_delivery_up_to_its_limit(int initial, int max, int deliveries, int expected)
    {
        var settings = new QueueSettings
        {
            RetryBackoff = new RetryBackoff { Initial = TimeSpan.FromSeconds(initial), Max = TimeSpan.FromSeconds(max) },
        };
        var (live, dead) = (
            DeliveryPolicy.For(settings, MessageSource.Live, TimeSpan.Zero, new ProcessId(1)),
            DeliveryPolicy.For(settings, MessageSource.DeadLetters, TimeSpan.Zero, new ProcessId(1))
        );
        var after = Enumerable
            .Range(1, 100)
            .Select(lease => new MessageState(SlotStatus.Leased, Any.Epoch, deliveries, LeaseId.Create(Any.ThisProcess, (uint)lease)))
            .ToList();
        after.ShouldAllBe(m =>
            live.BackoffAfter(m) <= TimeSpan.FromSeconds(expected)
            && live.BackoffAfter(m) >= TimeSpan.FromSeconds(expected * (1 - DeliveryPolicy.MaxJitter))
        );
        after.ShouldAllBe(m => dead.BackoffAfter(m) == TimeSpan.Zero);
    }

    [Fact]
    public void Messages_that_failed_together_do_not_come_back_together()
    {
        var settings = new QueueSettings
        {
            RetryBackoff = new RetryBackoff { Initial = TimeSpan.FromSeconds(100), Max = TimeSpan.FromSeconds(100) },
        };
        var policy = DeliveryPolicy.For(settings, MessageSource.Live, TimeSpan.Zero, new ProcessId(1));
        var delays = Enumerable
            .Range(1, 1000)
            .Select(lease =>
                policy
                    .BackoffAfter(new MessageState(SlotStatus.Leased, Any.Epoch, 1, LeaseId.Create(Any.ThisProcess, (uint)lease)))
                    .TotalSeconds
            )
            .ToList();
        // Spread over the whole fifth: no tenth of it has more than twice its share.
        delays.CountBy(d => (int)((d - 80) / 2)).ShouldAllBe(bucket => bucket.Value < 200);
        delays.Min().ShouldBeLessThan(81);
        delays.Max().ShouldBeGreaterThan(99);
    }
}
