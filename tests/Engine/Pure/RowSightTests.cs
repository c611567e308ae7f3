using Azure;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Shards;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>
/// What a row says of a lost write of it, whatever others have made of the row before and after: every edit of one flight, and every
/// sequence of up to three changes, of which the edit may be one.
/// </summary>
public sealed class RowSightTests
{
    private static readonly DateTimeOffset Now = Any.Epoch;
    private static readonly LeaseId Held = LeaseId.Create(new ProcessId(1), 1);
    private static readonly LeaseId Mark = LeaseId.Create(new ProcessId(1), 2);
    private static readonly LeaseId Given = LeaseId.Create(new ProcessId(1), 3);
    private static readonly DeliveryPolicy Policy = DeliveryPolicy.For(
        new QueueSettings(),
        MessageSource.Live,
        TimeSpan.Zero,
        new ProcessId(1)
    );

    // One message is leased, the other ready.
    private static readonly BatchRow Before = RowOf(
        0,
        [new MessageState(SlotStatus.Leased, Now + TimeSpan.FromSeconds(30), 1, Held), MessageState.ReadyAt(Now)]
    );

    public static TheoryData<string> EveryEdit =>
        ["ack", "nack", "extend", "dead-letter", "lease", "take", "ack lease", "extend lease", "nack extend", "ack take"];

    [Theory]
    [MemberData(nameof(EveryEdit))]
    public void What_a_row_says_of_a_write_is_true_whatever_others_did(string changes)
    {
        var edit = new RowEdit(Before, Mark);
        foreach (var change in changes.Split(' '))
            Apply(edit, change);
        var seen = new HashSet<Sight>();
        Explore(Before, carriedOut: false, depth: 3);
        seen.ShouldContain(Sight.Untouched);
        seen.ShouldContain(Sight.Changed);
        if (changes != "extend")
            seen.ShouldContain(edit.IsOver ? Sight.NeverOurs : Sight.Ours);

        void Explore(BatchRow? now, bool carriedOut, int depth)
        {
            var sight = edit.See(now);
            seen.Add(sight);
            if (sight == Sight.Ours)
                carriedOut.ShouldBeTrue();
            if (sight is Sight.NeverOurs or Sight.Untouched)
                carriedOut.ShouldBeFalse();
            if (sight is Sight.NeverOurs or Sight.Changed or Sight.Ours)
                now?.ETag.ShouldNotBe(Before.ETag);
            if (now is null || depth == 0)
                return;
            if (now.ETag == Before.ETag)
                Explore(Changed(now, edit.State), carriedOut: true, depth - 1);
            foreach (var state in ByOthers(now, depth))
                Explore(Changed(now, state), carriedOut, depth - 1);
        }
    }

    /// <summary>What another flight can make of a row, of this process or another one.</summary>
    private static IEnumerable<MessageState[]> ByOthers(BatchRow row, int depth)
    {
        var (mark, lease) = (LeaseId.Create(new ProcessId(2), (uint)depth), LeaseId.Create(new ProcessId(2), (uint)depth + 100));
        for (var slot = 0; slot < row.Count; slot++)
        {
            var state = row.State[slot];
            if (state.Status == SlotStatus.Done)
                continue;
            foreach (
                var settlement in new Settlement[]
                {
                    new Settlement.Ack(),
                    new Settlement.Nack(null, null),
                    new Settlement.Extend(TimeSpan.FromMinutes(1)),
                    new Settlement.Extend(TimeSpan.FromHours(1)),
                }
            )
            {
                if (Settling.Decide(state, state.LeaseId, settlement, Policy, Now) is Settling.Changed(var then))
                    yield return With(row, slot, then.Status is SlotStatus.Done or SlotStatus.Ready ? then with { LeaseId = mark } : then);
            }

            yield return With(row, slot, Delivery.Lease(state, lease, Now, Now + TimeSpan.FromSeconds(30), Policy));
            yield return With(row, slot, Delivery.Take(state, lease, Now, Policy));
            if (state.IsLeased)
            {
                yield return With(row, slot, state with { Status = SlotStatus.Ready });
                yield return With(row, slot, Delivery.Release(state, Policy, Now) with { LeaseId = mark });
            }
        }
    }

    private static void Apply(RowEdit edit, string change)
    {
        switch (change)
        {
            case "ack":
                edit.End(0);
                break;
            case "nack":
                edit.Return(0, edit.State[0] with { Status = SlotStatus.Ready, VisibleAt = Now });
                break;
            case "extend":
                edit.Set(0, edit.State[0] with { Status = SlotStatus.Extended, VisibleAt = Now + TimeSpan.FromHours(1) });
                break;
            case "dead-letter":
                edit.DeadLetter(0, "why");
                break;
            case "lease":
                edit.Set(1, Delivery.Lease(edit.State[1], Given, Now, Now + TimeSpan.FromSeconds(30), Policy));
                break;
            case "take":
                edit.Take(1, Delivery.Take(edit.State[1], Given, Now, Policy));
                break;
        }
    }

    private static MessageState[] With(BatchRow row, int slot, MessageState state)
    {
        MessageState[] states = [.. row.State];
        states[slot] = state;
        return states;
    }

    /// <summary>The row goes with its last message.</summary>
    private static BatchRow? Changed(BatchRow row, MessageState[] state) =>
        Array.TrueForAll(state, s => s.Status == SlotStatus.Done)
            ? null
            : RowOf(int.Parse(row.ETag.ToString(), System.Globalization.CultureInfo.InvariantCulture) + 1, [.. state]);

    private static BatchRow RowOf(int version, MessageState[] state) =>
        new()
        {
            Shard = 0,
            Key = "m",
            Birth = default,
            FirstIndex = 0,
            ETag = new ETag($"{version}"),
            State = state,
            Index = new RowIndex(Now, [new MessageIndex(0, null, 1, 1, null), new MessageIndex(0, null, 1, 1, null)]),
            Data = new byte[2],
        };
}
