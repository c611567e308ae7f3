using CsCheck;
using FuncQueue.Engine.Decisions;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Leases and settlements, decided without storage.</summary>
public sealed class SettlingTests
{
    private static readonly Gen<Settlement> AnySettlement = Gen.OneOf<Settlement>(
        new Settlement.Ack(),
        new Settlement.Nack(null, null),
        new Settlement.Nack(TimeSpan.FromSeconds(3), "why"),
        new Settlement.Extend(null),
        new Settlement.Extend(TimeSpan.Zero),
        new Settlement.Extend(TimeSpan.FromSeconds(9)),
        new Settlement.EndLease(),
        new Settlement.DeadLetter(null),
        new Settlement.DeadLetter("why")
    );

    private static readonly Gen<(MessageState State, Settlement Settlement, DeliveryPolicy Policy, DateTimeOffset Now)> Case = Gen.Select(
            Any.State,
            AnySettlement,
            Any.Policy,
            Any.Instant
        )
        .Where(c => c.Item3.Source == MessageSource.Live || c.Item2 is not Settlement.DeadLetter);

    [Fact]
    public void Only_the_last_lease_of_a_message_that_is_not_done_counts() =>
        Gen.Select(Case, Any.Lease)
            .Sample(
                (c, lease) =>
                {
                    var lost = Settling.Decide(c.State, lease, c.Settlement, c.Policy, c.Now) is Settling.Lost;
                    lost.ShouldBe(c.State.Status == SlotStatus.Done || c.State.LeaseId != lease);
                },
                iter: 5000
            );

    [Fact]
    public void No_lease_at_all_is_never_a_good_one() =>
        Case.Sample(
            (state, settlement, policy, now) =>
                Settling.Decide(state with { LeaseId = default }, default, settlement, policy, now).ShouldBeOfType<Settling.Lost>()
        );

    [Fact]
    public void Each_settlement_does_what_it_says() =>
        Case.Sample(
            (state, settlement, policy, now) =>
            {
                if (state.Status == SlotStatus.Done)
                    return;
                var last = policy.Source == MessageSource.Live && policy.MaxDeliveryCount is { } max && state.DeliveryCount >= max;
                var decided = Settling.Decide(state, state.LeaseId, settlement, policy, now);
                switch (settlement)
                {
                    case Settlement.Ack:
                        State(decided).ShouldBe(state with { Status = SlotStatus.Done });
                        break;
                    case Settlement.Nack nack when last:
                        decided.ShouldBe(new Settling.DeadLettered(nack.Reason ?? "max-delivery-count-exceeded"));
                        break;
                    case Settlement.Nack nack:
                        var after = State(decided);
                        (after.Status, after.DeliveryCount).ShouldBe((SlotStatus.Ready, state.DeliveryCount));
                        after.VisibleAt.ShouldBe(now + (nack.Delay ?? policy.BackoffAfter(state)));
                        Settling.Decide(after, state.LeaseId, new Settlement.Ack(), policy, now).ShouldBeOfType<Settling.Lost>();
                        break;
                    case Settlement.Extend extend:
                        var extended = State(decided);
                        (extended.IsLeased, extended.LeaseId, extended.DeliveryCount).ShouldBe((true, state.LeaseId, state.DeliveryCount));
                        extended.VisibleAt.ShouldBe(now + (extend.VisibilityTimeout ?? policy.VisibilityTimeout));
                        Settling.Decide(extended, state.LeaseId, new Settlement.Ack(), policy, now).ShouldBeOfType<Settling.Changed>();
                        break;
                    case Settlement.EndLease:
                        State(decided).ShouldBe(state with { Status = SlotStatus.Ready, VisibleAt = now });
                        // Nobody else has it yet; who only may while holding the message may not any more.
                        Settling
                            .Decide(State(decided), state.LeaseId, new Settlement.Ack(), policy, now)
                            .ShouldBeOfType<Settling.Changed>();
                        Settling
                            .Decide(State(decided), state.LeaseId, settlement with { OnlyWhileHeld = true }, policy, now)
                            .ShouldBeOfType<Settling.Lost>();
                        break;
                    case Settlement.DeadLetter dead:
                        decided.ShouldBe(new Settling.DeadLettered(dead.Reason ?? "dead-lettered-by-consumer"));
                        break;
                }
            },
            iter: 10_000
        );

    [Fact]
    public void A_done_message_stays_done_whatever_is_asked() =>
        Gen.Select(Case, Any.Lease)
            .Sample(
                (c, lease) =>
                    Settling
                        .Decide(c.State with { Status = SlotStatus.Done }, lease, c.Settlement, c.Policy, c.Now)
                        .ShouldBeOfType<Settling.Lost>()
            );

    [Fact]
    public void What_is_asked_of_a_message_that_must_be_held_is_done_until_the_lease_ends_and_not_after() =>
        Case.Sample(c =>
        {
            var held = c.State with { Status = SlotStatus.Extended, VisibleAt = c.Now + TimeSpan.FromTicks(1) };
            var settlement = c.Settlement with { OnlyWhileHeld = true };
            if (settlement is Settlement.DeadLetter && c.Policy.Source == MessageSource.DeadLetters)
                return;
            Settling
                .Decide(held, held.LeaseId, settlement, c.Policy, c.Now)
                .ShouldBe(Settling.Decide(held, held.LeaseId, c.Settlement, c.Policy, c.Now));
            if (held.LeaseId == default)
                return;
            Settling.Decide(held with { VisibleAt = c.Now }, held.LeaseId, settlement, c.Policy, c.Now).ShouldBeOfType<Settling.Lost>();
            Settling
                .Decide(held with { Status = SlotStatus.Ready }, held.LeaseId, settlement, c.Policy, c.Now)
                .ShouldBeOfType<Settling.Lost>();
        });

    [Fact]
    public void A_dead_letter_cannot_be_dead_lettered() =>
        Should.Throw<InvalidOperationException>(() =>
            Settling.Decide(
                new MessageState(SlotStatus.Leased, Any.Epoch, 1, LeaseId.Create(new ProcessId(1), 1)),
                LeaseId.Create(new ProcessId(1), 1),
                new Settlement.DeadLetter(null),
                DeliveryPolicy.For(new QueueSettings(), MessageSource.DeadLetters, TimeSpan.Zero, new ProcessId(1)),
                Any.Epoch
            )
        );

    [Fact]
    public void A_lease_that_nobody_received_is_given_back_as_if_it_had_not_been_given() =>
        Gen.Select(Any.State, Any.Policy, Any.Instant)
            .Sample(
                (state, policy, now) =>
                {
                    var leased = Delivery.Lease(state, LeaseId.Create(new ProcessId(9), 9), now, now + TimeSpan.FromSeconds(30), policy);
                    (leased.IsLeased, leased.LeaseId, leased.VisibleAt).ShouldBe(
                        (true, LeaseId.Create(new ProcessId(9), 9), now + TimeSpan.FromSeconds(30))
                    );
                    leased.DeliveryCount.ShouldBe(state.DeliveryCount + (policy.Source == MessageSource.Live ? 1 : 0));
                    var released = Delivery.Release(leased, policy, now);
                    (released.Status, released.VisibleAt, released.DeliveryCount).ShouldBe((SlotStatus.Ready, now, state.DeliveryCount));
                    Settling.Decide(released, leased.LeaseId, new Settlement.Ack(), policy, now).ShouldBeOfType<Settling.Lost>();
                }
            );

    [Fact]
    public void A_message_taken_for_good_is_done() =>
        Gen.Select(Any.State, Any.Policy, Any.Instant)
            .Sample(
                (state, policy, now) =>
                    Delivery.Take(state, LeaseId.Create(new ProcessId(9), 9), now, policy).Status.ShouldBe(SlotStatus.Done)
            );

    private static MessageState State(Settling decided) => decided.ShouldBeOfType<Settling.Changed>().State;
}
