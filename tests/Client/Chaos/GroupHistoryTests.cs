namespace FuncQueue.Client.Tests.Chaos;

/// <summary>Each rule of the checker of group readers refuses a history that breaks it, and one that keeps all is let through.</summary>
public sealed class GroupHistoryTests
{
    private readonly GroupHistory history = new();

    public GroupHistoryTests()
    {
        foreach (var offset in new long[] { 0, 1, 2 })
            history.Publish(0, offset);
    }

    [Fact]
    public void What_keeps_all_promises_is_let_through()
    {
        // Failed and handled again, then two at once; handed over by a stop, after which the next goes on.
        Run("a", succeeded: false, 0);
        Run("a", succeeded: true, 0);
        Run("a", succeeded: true, 1);
        Commit(2);
        history.Stopped("a");
        Run("b", succeeded: true, 2);
        Commit(3);
        history.Started("a");
        history.AllHandled().ShouldBeTrue();
        GroupRules.Breaches(history).ShouldBeEmpty();
    }

    [Fact]
    public void A_record_that_nobody_finished_is_told()
    {
        Run("a", succeeded: true, 0, 1);
        Run("a", succeeded: false, 2);
        history.AllHandled().ShouldBeFalse();
        GroupRules.Breaches(history).ShouldBe(["0/2 was never finished."]);
    }

    [Fact]
    public void A_commit_ahead_of_the_handler_is_told_whether_or_not_the_server_took_it()
    {
        Run("a", succeeded: true, 0);
        var run = history.Began("a", 0, [1]);
        history.CommitAsked(0, 2);
        history.Ended(run, succeeded: true, lossSeen: false);
        Run("a", succeeded: true, 2);
        GroupRules.Breaches(history).ShouldBe(["0/1 was committed unfinished."]);
    }

    [Fact]
    public void What_is_committed_and_handled_again_is_told_and_what_is_not_committed_may_come_again()
    {
        Run("a", succeeded: true, 0, 1);
        Run("b", succeeded: true, 0, 1);
        GroupRules.Breaches(history).ShouldBe(["0/2 was never finished."]);
        Commit(2);
        Run("b", succeeded: true, 1, 2);
        GroupRules.Breaches(history).ShouldBe(["0/1 was handled again by b, though it was committed."]);
    }

    [Fact]
    public void A_record_that_is_begun_before_one_in_front_of_it_is_told()
    {
        Run("a", succeeded: true, 1);
        Run("a", succeeded: true, 0, 1, 2);
        GroupRules.Breaches(history).ShouldBe(["0/1 was begun before those in front of it were finished."]);
    }

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(true, null, false)]
    [InlineData(false, "a", false)]
    [InlineData(false, "b", true)]
    public void Of_two_who_have_a_partition_at_once_the_first_must_learn_of_it(bool seen, string? told, bool isBreach)
    {
        var first = history.Began("a", 0, [0]);
        var second = history.Began("b", 0, [0]);
        if (told is not null)
            history.LossTold(told, 0);
        history.Ended(first, succeeded: true, lossSeen: seen);
        history.Ended(second, succeeded: true, lossSeen: false);
        Run("b", succeeded: true, 1, 2);
        GroupRules.Breaches(history).ShouldBe(isBreach ? ["a did not learn that b had partition 0."] : []);
    }

    [Fact]
    public void A_handler_that_was_left_running_is_told()
    {
        Run("a", succeeded: true, 0, 1, 2);
        history.Began("a", 0, [0]);
        GroupRules.Breaches(history).ShouldBe(["0/0 was left running."]);
    }

    [Fact]
    public void A_handler_that_begins_after_the_stop_of_its_reader_is_told()
    {
        Run("a", succeeded: true, 0, 1);
        Commit(2);
        history.Stopped("a");
        Run("a", succeeded: true, 2);
        history.Started("a");
        GroupRules.Breaches(history).ShouldBe(["0/2 was begun by a after its stop."]);
    }

    [Fact]
    public void What_a_reader_finished_and_left_uncommitted_when_it_stopped_is_told_unless_the_reader_said_so()
    {
        Run("a", succeeded: true, 0);
        Commit(1);
        Run("a", succeeded: true, 1);
        history.Stopped("a");
        Run("b", succeeded: true, 1, 2);
        GroupRules.Breaches(history).ShouldBe(["0/1 was not committed when a had stopped."]);
        history.LossTold("a", null);
        GroupRules.Breaches(history).ShouldBeEmpty();
    }

    private void Run(string member, bool succeeded, params long[] offsets) =>
        history.Ended(history.Began(member, 0, offsets), succeeded, lossSeen: false);

    private void Commit(long next)
    {
        history.CommitAsked(0, next);
        history.Committed(0, next);
    }
}
