namespace FuncQueue.Client.Tests.Chaos;

/// <summary>Each rule of the checker refuses a history that breaks it, and a history that keeps all is let through.</summary>
public sealed class HistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly History history = new();
    private readonly Dictionary<string, Guid> ids = [];
    private int receipts;

    [Fact]
    public void What_keeps_all_promises_is_let_through()
    {
        history.Sent("a", known: true, "g");
        history.Sent("b", known: true, "g");
        history.Sent("perhaps", known: false);
        // It failed, came again to another whose lease was renewed, and was finished and acked; then what is behind it.
        End(Leased(0, "a"), succeeded: false);
        var (message, receipt) = Lease("a");
        history.Extended(receipt, Noon.AddSeconds(60));
        var second = history.Began(1, message, Noon.AddSeconds(40));
        End(second, succeeded: true);
        history.AckAsked(receipt);
        var last = Leased(1, "b");
        End(last, succeeded: true);
        history.AckAsked(last.Receipt);
        history.Stopped(1);
        history.AllHandled().ShouldBeTrue();
        Rules.Breaches(history).ShouldBeEmpty();
    }

    [Fact]
    public void A_message_that_no_handler_finished_is_lost()
    {
        history.Sent("a", known: true);
        history.AllHandled().ShouldBeFalse();
        Rules.Breaches(history).ShouldBe(["a was never finished."]);
        End(Leased(0, "a"), succeeded: false);
        Rules.Breaches(history).ShouldBe(["a was never finished."], "begun is not finished");
    }

    [Fact]
    public void A_send_whose_outcome_is_not_known_may_be_missing_but_not_be_there_twice()
    {
        history.Sent("a", known: false);
        Rules.Breaches(history).ShouldBeEmpty();
        End(Leased(0, "a"), succeeded: true);
        ids.Clear();
        End(Leased(1, "a"), succeeded: true);
        Rules.Breaches(history).ShouldBe(["a was stored twice."]);
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void Of_two_who_have_a_message_at_once_the_first_must_learn_of_it(bool seen, bool told, bool isBreach)
    {
        history.Sent("a", known: true);
        var first = Leased(0, "a");
        var second = Leased(1, "a");
        if (told)
            history.LossTold(0, first.Message);
        history.Ended(first, succeeded: true, lossSeen: seen);
        End(second, succeeded: true);
        Rules.Breaches(history).ShouldBe(isBreach ? ["a: client 0 did not learn that client 1 had it."] : []);
    }

    [Fact]
    public void That_the_second_learns_of_it_does_not_count_for_the_first()
    {
        history.Sent("a", known: true);
        var (first, second) = (Leased(0, "a"), Leased(1, "a"));
        history.LossTold(1, second.Message);
        history.Ended(second, succeeded: true, lossSeen: true);
        End(first, succeeded: true);
        Rules.Breaches(history).ShouldBe(["a: client 0 did not learn that client 1 had it."]);
    }

    [Fact]
    public void A_handler_that_was_left_running_is_told()
    {
        history.Sent("a", known: true);
        End(Leased(0, "a"), succeeded: true);
        Leased(0, "a");
        Rules.Breaches(history).ShouldBe(["a was left running."]);
    }

    [Fact]
    public void A_handler_that_begins_without_a_lease_is_told()
    {
        history.Sent("a", known: true);
        var message = new ReceivedMessage
        {
            MessageId = Guid.NewGuid(),
            Receipt = "invented",
            Body = BinaryData.FromString("a"),
        };
        End(history.Began(0, message, Noon), succeeded: true);
        Rules.Breaches(history).ShouldBe(["a was begun without a lease."]);
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(31, true)]
    public void A_handler_that_begins_when_its_lease_has_ended_is_told(int seconds, bool isBreach)
    {
        history.Sent("a", known: true);
        var (message, receipt) = Lease("a");
        var run = history.Began(0, message, Noon.AddSeconds(seconds));
        // Renewed behind it, that does not count.
        history.Extended(receipt, Noon.AddSeconds(60));
        End(run, succeeded: true);
        Rules.Breaches(history).ShouldBe(isBreach ? ["a was begun on a lease that had ended."] : []);
    }

    [Fact]
    public void A_handler_that_begins_when_another_has_the_message_is_told_whatever_the_clock_says()
    {
        history.Sent("a", known: true);
        var (message, _) = Lease("a");
        Lease("a");
        End(history.Began(0, message, Noon), succeeded: true);
        Rules.Breaches(history).ShouldBe(["a was begun on a lease that another had followed."]);
    }

    [Fact]
    public void An_ack_of_what_its_handler_did_not_finish_is_told()
    {
        history.Sent("a", known: true);
        var run = Leased(0, "a");
        history.AckAsked(run.Receipt);
        End(run, succeeded: true);
        Rules.Breaches(history).ShouldBe(["a was acked unfinished."], "its handler was still running");
    }

    [Fact]
    public void An_ack_of_what_another_finished_is_told()
    {
        history.Sent("a", known: true);
        var failed = Leased(0, "a");
        End(failed, succeeded: false);
        End(Leased(1, "a"), succeeded: true);
        history.AckAsked(failed.Receipt);
        Rules.Breaches(history).ShouldBe(["a was acked unfinished."]);
    }

    [Fact]
    public void An_ack_of_what_nobody_handled_is_told()
    {
        history.AckAsked(Lease("a").Receipt);
        Rules.Breaches(history).ShouldBe(["What was never handled was acked unfinished."]);
    }

    [Fact]
    public void A_message_that_overtakes_one_of_its_group_is_told()
    {
        history.Sent("a", known: true, "g");
        history.Sent("b", known: true, "g");
        history.Sent("c", known: true, "other");
        End(Leased(0, "c"), succeeded: true);
        End(Leased(0, "a"), succeeded: false);
        End(Leased(0, "b"), succeeded: true);
        End(Leased(0, "a"), succeeded: true);
        Rules.Breaches(history).ShouldBe(["b was begun before a was finished."]);
    }

    [Fact]
    public void A_handler_that_begins_after_the_stop_of_its_client_is_told()
    {
        history.Sent("a", known: true);
        history.Stopped(0);
        End(Leased(1, "a"), succeeded: true);
        Rules.Breaches(history).ShouldBeEmpty("another may");
        End(Leased(0, "a"), succeeded: true);
        history.Started(0);
        End(Leased(0, "a"), succeeded: true);
        Rules.Breaches(history).ShouldBe(["a was begun by client 0 after its stop."]);
    }

    private void End(Run run, bool succeeded) => history.Ended(run, succeeded, lossSeen: false);

    /// <summary>A run on a lease of its own.</summary>
    private Run Leased(int client, string body) => history.Began(client, Lease(body).Message, Noon);

    /// <summary>A lease of 30 seconds from noon on.</summary>
    private (ReceivedMessage Message, string Receipt) Lease(string body)
    {
        if (!ids.TryGetValue(body, out var id))
            ids[body] = id = Guid.NewGuid();
        var receipt = $"r{++receipts}";
        history.Granted(id, receipt, Noon.AddSeconds(30));
        return (
            new ReceivedMessage
            {
                MessageId = id,
                Receipt = receipt,
                Body = BinaryData.FromString(body),
            },
            receipt
        );
    }
}
