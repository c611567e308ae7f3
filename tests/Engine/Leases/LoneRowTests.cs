using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Leases;

/// <summary>
/// The receipt of a message that is alone in its row says what an ack needs to know of the row, so any process can ack it by one write.
/// What has happened to the row since counts all the same.
/// </summary>
[Trait("Guarantee", "2")]
public sealed class LoneRowTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly TimeSpan VisibilityTimeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Another_process_acks_it_without_a_read()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        await AckedByOneWriteAsync(other, await engine.DequeueOneAsync());
    }

    [Fact]
    public async Task Another_process_acks_one_that_was_inserted_for_a_waiting_receiver_without_a_read()
    {
        var (engine, other) = await StartTwoAsync();
        (await engine.DequeueAsync()).ShouldBeEmpty();
        var waiting = engine.TryDequeueAsync(new DequeueRequest { Wait = Limits.MaxWait, VisibilityTimeout = VisibilityTimeout });
        await engine.EnqueueAsync("a");
        await AckedByOneWriteAsync(other, (await waiting).Value.ShouldHaveSingleItem());
    }

    [Fact]
    public async Task One_of_several_in_a_row_is_read_before_it_is_acked()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAllAsync("a", "b");
        var leased = await engine.DequeueAsync(2);
        other.Requests.Clear();
        (await other.AckAsync(leased[0])).ShouldBe(SettleStatus.Ok);
        other.Requests.CountOf(r => r.ReadsMessageRow).ShouldBe(1);
        (await engine.CountsAsync()).ShouldBe(new MessageCounts(Ready: 0, Leased: 1, 0, 0));
    }

    [Fact]
    public async Task One_that_its_holder_has_extended_since_is_acked()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        var leased = await engine.DequeueOneAsync();
        (await engine.ExtendAsync(leased, TimeSpan.FromHours(1))).Status.ShouldBe(SettleStatus.Ok);
        (await other.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task One_that_is_acked_already_is_lost()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        var leased = await engine.DequeueOneAsync();
        (await engine.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await other.AckAsync(leased)).ShouldBe(SettleStatus.LeaseLost);
    }

    [Fact]
    public async Task One_that_somebody_else_holds_by_now_is_lost_and_stays_with_them()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        var first = await engine.DequeueOneAsync(VisibilityTimeout);
        Time.Advance(VisibilityTimeout + Options.ClockSkewBound);
        var second = await engine.DequeueOneAsync(VisibilityTimeout);
        (await other.AckAsync(first)).ShouldBe(SettleStatus.LeaseLost);
        (await other.CountsAsync()).ShouldBe(new MessageCounts(0, Leased: 1, 0, 0));
        await AckedByOneWriteAsync(other, second);
    }

    [Fact]
    public async Task One_whose_lease_has_ended_and_been_swept_is_acked_if_nobody_has_got_it_since()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        var leased = await engine.DequeueOneAsync(VisibilityTimeout);
        Time.Advance(VisibilityTimeout + Options.ClockSkewBound);
        (await engine.SweepAsync()).Redelivered.ShouldBe(1);
        (await other.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await other.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task Of_two_acks_at_once_one_is_lost()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        var leased = await engine.DequeueOneAsync();
        var acks = await Task.WhenAll(other.AckAsync(leased), other.AckAsync(leased));
        acks.ShouldBe([SettleStatus.Ok, SettleStatus.LeaseLost], ignoreOrder: true);
    }

    [Fact]
    public async Task An_ack_whose_answer_was_lost_is_known_to_have_been_carried_out()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        var leased = await engine.DequeueOneAsync();
        var fault = other.Faults.LoseAnswer(r => r.ChangesMessages);
        (await other.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        fault.Count.ShouldBe(1);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task An_ack_that_never_arrived_is_sent_again()
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        var leased = await engine.DequeueOneAsync();
        other.Faults.LoseRequest(r => r.ChangesMessages);
        (await other.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ack_that_arrives_late_is_never_said_to_be_lost(bool extendedMeanwhile)
    {
        var (engine, other) = await StartTwoAsync();
        await engine.EnqueueAsync("a");
        var leased = await engine.DequeueOneAsync();
        var late = other.Faults.Delay(r => r.ChangesMessages);
        var ack = other.TrySettleAsync(new Settlement.Ack(), [leased]);
        if (extendedMeanwhile)
            (await engine.ExtendAsync(leased, TimeSpan.FromHours(1))).Status.ShouldBeOneOf(SettleStatus.Ok, SettleStatus.LeaseLost);
        var outcome = await ack;
        await late.ArriveAsync();
        if (outcome.Failure is { } failure)
        {
            failure.ShouldBeOfType<Failure.OutcomeUnknown>();
            return;
        }

        outcome.Value[0].Status.ShouldBe(SettleStatus.Ok);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_large_body_is_collected_after_the_ack()
    {
        var (engine, other) = await StartTwoAsync();
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(new byte[Limits.MaxInlineBodyBytes + 1]) });
        (await engine.FindAsync(id)).ShouldNotBeNull();
        var leased = await engine.DequeueOneAsync();
        other.Requests.Clear();
        (await other.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        // Which payload it is, only the row knows.
        other.Requests.CountOf(r => r.ReadsMessageRow).ShouldBe(1);
        other.Requests.All.Single(r => r.ChangesMessages).Operations.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task In_a_group_of_a_FIFO_queue_the_lock_goes_with_the_row()
    {
        var (engine, other) = (await StartWithQueueAsync(new QueueSettingsChange { Type = QueueType.Fifo }), Start());
        await engine.EnqueueAsync(TestEngine.Text("a") with { GroupId = "g" });
        var leased = await engine.DequeueOneAsync();
        await engine.EnqueueAsync(TestEngine.Text("b") with { GroupId = "g" });
        (await engine.DequeueAsync()).ShouldBeEmpty();
        (await other.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        (await other.DequeueOneAsync()).Text().ShouldBe("b");
    }

    private static async Task AckedByOneWriteAsync(TestEngine engine, DeliveredMessage leased)
    {
        engine.Requests.Clear();
        (await engine.AckAsync(leased)).ShouldBe(SettleStatus.Ok);
        engine.Requests.All.ShouldHaveSingleItem().ChangesMessages.ShouldBeTrue();
        (await engine.CountsAsync()).ShouldBe(default);
    }

    /// <summary>Both know the queue and have written to it, so that what is counted is what the ack takes.</summary>
    private async Task<(TestEngine Engine, TestEngine Other)> StartTwoAsync()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await other.EnqueueAsync("first");
        (await other.AckAsync(await other.DequeueOneAsync())).ShouldBe(SettleStatus.Ok);
        return (engine, other);
    }
}
