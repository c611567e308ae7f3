namespace FuncQueue.Client.Tests.Real;

/// <summary>Receiving and settling by hand.</summary>
public sealed class ReceiveTests(AppFixture app)
{
    [Fact]
    public async Task Each_verb_does_to_a_lease_what_it_says()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        await client.CreateSender(queue).SendAllAsync([.. Enumerable.Range(0, 5).Select(i => new FuncQueueMessage($"{i}"))]);
        var receiver = client.CreateReceiver(queue, new FuncQueueReceiverOptions { LeaseDuration = TimeSpan.FromMinutes(5) });
        var messages = (await receiver.ReceiveAsync(5)).OrderBy(message => message.Body.ToString()).ToList();
        (await receiver.AckAsync(messages[0])).ShouldBe(SettleStatus.Ok);
        (await receiver.AckAsync(messages[0])).ShouldBe(SettleStatus.LeaseLost);
        (await receiver.NackAsync(messages[1], TimeSpan.Zero)).ShouldBe(SettleStatus.Ok);
        (await receiver.DeadLetterAsync(messages[2], "poison")).ShouldBe(SettleStatus.Ok);
        (await receiver.ExtendAsync(messages[3], TimeSpan.FromHours(1))).ShouldBe(SettleStatus.Ok);
        (await receiver.ReleaseAsync(messages[4])).ShouldBe(SettleStatus.Ok);
        var again = (await receiver.ReceiveAsync(10)).ToDictionary(message => message.Body.ToString());
        again.Keys.Order().ShouldBe(["1", "4"]);
        again["1"].DeliveryCount.ShouldBe(2);
        again["4"].DeliveryCount.ShouldBe(1);
        var dead = (await client.CreateDeadLetters(queue).ListAsync()).Items.ShouldHaveSingleItem();
        (dead.DeadLetterReason, dead.Status).ShouldBe(("poison", MessageStatus.DeadLettered));
        again["1"].Status.ShouldBe(MessageStatus.Leased);
        (await receiver.FindAsync(messages[3].MessageId)).ShouldNotBeNull().Status.ShouldBe(MessageStatus.Leased);
        (await receiver.FindAsync(messages[0].MessageId)).ShouldBeNull();
    }

    /// <summary>Also one that the server never gave to any message.</summary>
    [Fact]
    public async Task A_message_of_an_id_that_none_has_is_not_there()
    {
        await using var client = app.Client();
        var (queue, id) = (await app.QueueAsync(), Guid.NewGuid());
        (await client.CreateReceiver(queue).FindAsync(id)).ShouldBeNull();
        (await client.CreateSender(queue).CancelScheduledAsync(id)).ShouldBeFalse();
        var letters = client.CreateDeadLetters(queue);
        (await letters.DeleteAsync(id)).ShouldBeFalse();
        (await Should.ThrowAsync<FuncQueueException>(() => letters.ResubmitAsync(id))).Reason.ShouldBe(
            FuncQueueErrorReason.MessageNotFound
        );
    }

    [Fact]
    public async Task An_ack_whose_answer_was_lost_is_told_as_not_known()
    {
        var losses = 1;
        var interference = new Interference
        {
            Lose = request => request.RequestUri!.AbsolutePath.EndsWith("/ack", StringComparison.Ordinal) && losses-- > 0,
        };
        await using var client = app.Client(interference, options => options.RetryDelay = TimeSpan.FromMilliseconds(1));
        var queue = await app.QueueAsync();
        await client.CreateSender(queue).SendAsync("m");
        var receiver = client.CreateReceiver(queue);
        var message = (await receiver.ReceiveAsync()).ShouldHaveSingleItem();
        (await receiver.AckAsync(message)).ShouldBe(SettleStatus.OutcomeUnknown);
    }

    [Fact]
    public async Task Acks_that_are_under_way_together_share_a_request()
    {
        var gate = new TaskCompletionSource();
        var interference = new Interference();
        await using var client = app.Client(interference);
        var queue = await app.QueueAsync();
        await client.CreateSender(queue).SendAllAsync([.. Enumerable.Range(0, 50).Select(i => new FuncQueueMessage($"{i}"))]);
        var receiver = client.CreateReceiver(queue);
        var messages = await receiver.ReceiveAsync(50);
        interference.Before = (_, _) => gate.Task.ContinueWith(_ => (HttpResponseMessage?)null);
        var acks = messages.Select(message => receiver.AckAsync(message)).ToList();
        gate.SetResult();
        (await Task.WhenAll(acks)).ShouldAllBe(status => status == SettleStatus.Ok);
        interference.CountOf("/ack").ShouldBe(2);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_no_lease()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        var receiver = client.CreateReceiver(queue);
        using var cancel = new CancellationTokenSource();
        var waiting = receiver.ReceiveAsync(1, TimeSpan.FromSeconds(20), cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        await client.CreateSender(queue).SendAsync("m");
        // Given back or never given: it is there well before a lease of 30 s could end.
        IReadOnlyList<ReceivedMessage> got = [];
        await Eventually.HoldsAsync(async () => (got = await receiver.ReceiveAsync(1, TimeSpan.FromSeconds(1))).Count == 1, "the message");
        got[0].DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_received_and_deleted_is_gone()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        await client.CreateSender(queue).SendAsync("m");
        var receiver = client.CreateReceiver(queue);
        (await receiver.PeekAsync()).Items.ShouldHaveSingleItem().Receipt.ShouldBeNull();
        var message = (await receiver.ReceiveAndDeleteAsync(10)).ShouldHaveSingleItem();
        message.Receipt.ShouldBeNull();
        Should.Throw<ArgumentException>(() => receiver.AckAsync(message).GetAwaiter().GetResult());
        (await receiver.FindAsync(message.MessageId)).ShouldBeNull();
    }
}
