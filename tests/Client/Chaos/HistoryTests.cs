namespace FuncQueue.Client.Tests.Chaos;

/// <summary>Each rule of the checker refuses a history that breaks it, and a history that keeps all is let through.</summary>
public sealed class HistoryTests
{
    private readonly History history = new();
    private readonly Guid message = Guid.NewGuid();

    [Fact]
    public void What_keeps_all_promises_is_let_through()
    {
        history.Sent("a", known: true);
        history.Sent("perhaps", known: false);
        // It failed, came again to another, and was finished.
        history.Ended(Began(0, "a"), succeeded: false, lossSeen: false);
        history.Ended(Began(1, "a"), succeeded: true, lossSeen: false);
        history.AllHandled().ShouldBeTrue();
        history.Breaches().ShouldBeEmpty();
    }

    [Fact]
    public void A_message_that_no_handler_finished_is_lost()
    {
        history.Sent("a", known: true);
        history.AllHandled().ShouldBeFalse();
        history.Breaches().ShouldBe(["a was never finished."]);
        history.Ended(Began(0, "a"), succeeded: false, lossSeen: false);
        history.Breaches().ShouldBe(["a was never finished."], "begun is not finished");
    }

    [Fact]
    public void A_send_whose_outcome_is_not_known_may_be_missing_but_not_be_there_twice()
    {
        history.Sent("a", known: false);
        history.Breaches().ShouldBeEmpty();
        history.Ended(Began(0, "a"), succeeded: true, lossSeen: false);
        history.Ended(history.Began(1, Message(Guid.NewGuid(), "a")), succeeded: true, lossSeen: false);
        history.Breaches().ShouldBe(["a was stored twice."]);
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void Of_two_who_have_a_message_at_once_the_first_must_learn_of_it(bool seen, bool told, bool isBreach)
    {
        history.Sent("a", known: true);
        var first = Began(0, "a");
        var second = Began(1, "a");
        if (told)
            history.LossTold(0, message);
        history.Ended(first, succeeded: true, lossSeen: seen);
        history.Ended(second, succeeded: true, lossSeen: false);
        history.Breaches().ShouldBe(isBreach ? ["a: client 0 did not learn that client 1 had it."] : []);
    }

    [Fact]
    public void That_the_second_learns_of_it_does_not_count_for_the_first()
    {
        history.Sent("a", known: true);
        var (first, second) = (Began(0, "a"), Began(1, "a"));
        history.LossTold(1, message);
        history.Ended(second, succeeded: true, lossSeen: true);
        history.Ended(first, succeeded: true, lossSeen: false);
        history.Breaches().ShouldBe(["a: client 0 did not learn that client 1 had it."]);
    }

    [Fact]
    public void A_handler_that_was_left_running_is_told()
    {
        history.Sent("a", known: true);
        history.Ended(Began(0, "a"), succeeded: true, lossSeen: false);
        Began(0, "a");
        history.Breaches().ShouldBe(["a was left running."]);
    }

    private Run Began(int client, string body) => history.Began(client, Message(message, body));

    private static ReceivedMessage Message(Guid id, string body) => new() { MessageId = id, Body = BinaryData.FromString(body) };
}
