using CsCheck;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics.Groups;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>Who gets which partitions, without storage.</summary>
public sealed class GroupSharesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    [Fact]
    public void Whoever_is_alone_gets_everything_and_one_who_comes_gets_half_once_all_in_hand_is_committed()
    {
        var group = new Model(5);
        group.Read(0).ShouldBe([0, 1, 2, 3, 4]);
        group.Read(1).ShouldBeEmpty();
        // Something is in hand.
        group.Read(0, isDone: false).Count.ShouldBe(5);
        group.Read(0).Count.ShouldBe(3);
        group.Read(1).Count.ShouldBe(2);
    }

    [Fact]
    public void Every_number_of_members_and_partitions_comes_to_even_shares_and_then_stays_as_it_is()
    {
        for (var partitions = 1; partitions <= 32; partitions++)
        {
            for (var members = 1; members <= 12; members++)
            {
                var group = new Model(partitions);
                for (var round = 0; round < 40; round++)
                {
                    for (var m = 0; m < members; m++)
                        group.Read(m);
                }

                var shares = Enumerable.Range(0, members).Select(group.Read).Select(r => r.Count).ToList();
                shares.Sum().ShouldBe(partitions, $"{partitions} partitions, {members} members");
                (shares.Max() - shares.Min()).ShouldBeLessThanOrEqualTo(1, $"{partitions} partitions, {members} members");
                var before = group.Changes;
                for (var m = 0; m < members; m++)
                    group.Read(m);
                group.Changes.ShouldBe(before);
            }
        }
    }

    [Fact]
    public void In_any_history_there_is_one_holder_no_lease_is_cut_short_and_shares_become_even() =>
        Gen.Select(Gen.Int[1, 12], Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 40]).List[1, 80])
            .Sample(
                (partitions, steps) =>
                {
                    var group = new Model(partitions);
                    foreach (var (member, what, seconds) in steps)
                    {
                        group.Pass(TimeSpan.FromSeconds(seconds));
                        if (what == 0)
                            group.Leave(member);
                        else
                            group.Read(member, isDone: what > 2);
                        group.Check();
                    }

                    // Those who are there go on reading and committing; the others' time is over.
                    group.Pass(TimeSpan.FromSeconds(100));
                    for (var round = 0; round < 40; round++)
                    {
                        group.Read(0);
                        group.Read(1);
                        group.Read(2);
                    }

                    var shares = new[] { 0, 1, 2 }.Select(group.Read).Select(r => r.Count).ToList();
                    shares.Sum().ShouldBe(partitions);
                    (shares.Max() - shares.Min()).ShouldBeLessThanOrEqualTo(1);
                },
                iter: 300
            );

    [Fact]
    public void A_lease_that_has_ended_keeps_its_hold_until_somebody_takes_it()
    {
        var group = new Model(1);
        group.Read(0);
        var hold = group.State.Holds[0].Hold;
        group.Pass(TimeSpan.FromMinutes(5));
        group.Read(0).ShouldBe([0]);
        group.State.Holds[0].Hold.ShouldBe(hold);
        group.Pass(TimeSpan.FromMinutes(5));
        group.Read(1).ShouldBe([0]);
        group.State.Holds[0].Hold.ShouldNotBe(hold);
        group.Read(0).ShouldBeEmpty();
    }

    [Fact]
    public void A_partition_that_is_wanted_is_not_kept_beyond_its_lease()
    {
        var group = new Model(2);
        group.Read(0);
        group.Read(1);
        for (var i = 0; i < 5; i++)
        {
            group.Pass(TimeSpan.FromSeconds(15));
            group.Read(1);
            group.Read(0, isDone: false);
        }

        group.Pass(TimeSpan.FromSeconds(2));
        group.Read(1).Count.ShouldBe(1);
    }

    [Fact]
    public void Whoever_leaves_gives_to_those_who_wait_and_what_nobody_waits_for_is_free()
    {
        var group = new Model(4);
        group.Read(0);
        group.Read(1);
        group.Leave(0);
        group.State.Holds.Count(h => h.Member == Name(1)).ShouldBe(2);
        group.State.Holds.Count(h => h.Member is null).ShouldBe(2);
        group.Read(1).Count.ShouldBe(4);
    }

    [Fact]
    public void A_group_takes_as_many_members_as_it_may_have_and_those_whose_time_is_over_do_not_count()
    {
        var group = new Model(2);
        for (var m = 0; m < Limits.MaxGroupMembers; m++)
            group.TryJoin(m).ShouldBeTrue();
        group.TryJoin(100).ShouldBeFalse();
        group.TryJoin(3).ShouldBeTrue();
        group.Pass(TimeSpan.FromMinutes(5));
        group.TryJoin(100).ShouldBeTrue();
        group.State.Members.Count.ShouldBe(1);
    }

    [Fact]
    public void A_commit_takes_the_greater_offset_under_the_present_hold_only()
    {
        var group = new Model(2);
        group.Read(0);
        var hold = group.State.Holds[0].Hold;
        group
            .Commit(
                new GroupPlace(0, hold, 5),
                new GroupPlace(0, hold, 3),
                new GroupPlace(0, hold ^ 2, 9),
                new GroupPlace(2, hold, 1),
                null
            )
            .ShouldBe([
                Engine.Topics.TokenStatus.Ok,
                Engine.Topics.TokenStatus.Ok,
                Engine.Topics.TokenStatus.Fenced,
                Engine.Topics.TokenStatus.Malformed,
                Engine.Topics.TokenStatus.Malformed,
            ]);
        group.State.Holds.Select(h => h.Committed).ShouldBe([5, 0]);
    }

    private static QueueName Name(int member) => TestEngine.Name($"m{member}");

    /// <summary>A group in memory. What members have in hand is one record behind what is committed, or nothing.</summary>
    private sealed class Model
    {
        private ulong holds;
        private DateTimeOffset now = Start;

        public Model(int partitions)
        {
            var draft = new GroupDraft(GroupState.None, now, Skew, () => ++holds);
            draft.Create(new long[partitions]);
            State = draft.After;
        }

        public GroupState State { get; private set; }

        public int Changes { get; private set; }

        public void Pass(TimeSpan time) => now += time;

        public IReadOnlyList<int> Read(int member) => Read(member, isDone: true);

        /// <summary>A read; the partitions that the member holds.</summary>
        /// <param name="member">Who reads.</param>
        /// <param name="isDone">Whether all that was handed out to it is committed.</param>
        public IReadOnlyList<int> Read(int member, bool isDone)
        {
            var draft = Draft();
            GroupMembership.Join(draft, Name(member), Lease);
            var after = isDone
                ? new Dictionary<int, GroupPlace>()
                : draft.Holds.ToDictionary(h => h.Partition, h => new GroupPlace(h.Partition, h.Hold, h.Committed + 1));
            GroupShares.HandOver(draft, Name(member), after);
            GroupMembership.Renew(draft, Name(member), Lease);
            GroupShares.Take(draft, Name(member));
            GroupShares.Want(draft, Name(member));
            Learn(draft.After, Name(member), isDone);
            return [.. State.Holds.Where(h => h.Member == Name(member) && h.Until > now).Select(h => h.Partition)];
        }

        public void Leave(int member)
        {
            var draft = Draft();
            GroupMembership.Leave(draft, Name(member));
            Learn(draft.After, Name(member), isDone: true);
        }

        public bool TryJoin(int member)
        {
            var draft = Draft();
            var joined = GroupMembership.Join(draft, Name(member), Lease);
            State = draft.After;
            return joined;
        }

        public Engine.Topics.TokenStatus[] Commit(params GroupPlace?[] places)
        {
            var draft = Draft();
            var statuses = GroupCommits.Apply(draft, places);
            State = draft.After;
            return statuses;
        }

        public void Check()
        {
            foreach (var hold in State.Holds)
            {
                // A lease does not outlive its member.
                if (hold.Member is { } member && State.Members.TryGetValue(member, out var there))
                    hold.Until.ShouldBeLessThanOrEqualTo(there.Until);
                (hold.WantedBy is null || hold.WantedBy != hold.Member).ShouldBeTrue();
            }
        }

        private GroupDraft Draft() => new(State, now, Skew, () => ++holds);

        private void Learn(GroupState after, QueueName actor, bool isDone)
        {
            foreach (var (old, young) in State.Holds.Zip(after.Holds))
            {
                if (old.Member != young.Member)
                {
                    Changes++;
                    young.Hold.ShouldNotBe(old.Hold);
                    if (old.Member is { } holder && holder != actor)
                        (old.Until + Skew).ShouldBeLessThanOrEqualTo(now);
                    if (old.Member == actor && !isDone)
                        old.Until.ShouldBeLessThanOrEqualTo(now);
                }
                else if (old.Member != actor)
                {
                    young.Until.ShouldBe(old.Until);
                }
            }

            State = after;
        }
    }
}
