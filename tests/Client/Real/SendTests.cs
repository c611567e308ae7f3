using System.Net;

namespace FuncQueue.Client.Tests.Real;

/// <summary>Sending, to the app as it is.</summary>
public sealed class SendTests(AppFixture app)
{
    [Fact]
    public async Task What_is_sent_is_received_as_it_was()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        byte[] bytes = [0, 255, 128, 10];
        var message = new FuncQueueMessage(BinaryData.FromBytes(bytes, "application/x-own"))
        {
            DeduplicationId = "d",
            Priority = 7,
            TimeToLive = TimeSpan.FromMinutes(5),
            Attributes = { ["name"] = "Zürich \n, 東京" },
        };
        var sent = await client.CreateSender(queue).SendAsync(message);
        sent.Duplicate.ShouldBeFalse();
        var received = (await client.CreateReceiver(queue).ReceiveAsync(10)).ShouldHaveSingleItem();
        received.MessageId.ShouldBe(sent.MessageId);
        received.Body.ToArray().ShouldBe(bytes);
        received.ContentType.ShouldBe("application/x-own");
        received.Attributes["name"].ShouldBe("Zürich \n, 東京");
        received.DeduplicationId.ShouldBe("d");
        received.Priority.ShouldBe(7);
        received.DeliveryCount.ShouldBe(1);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public async Task A_body_of_any_size_arrives_with_its_attributes_and_its_id(int size)
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        var body = new byte[size];
        Random.Shared.NextBytes(body);
        var message = new FuncQueueMessage(BinaryData.FromBytes(body)) { DeduplicationId = "own", Attributes = { ["a"] = "ü%" } };
        await client.CreateSender(queue).SendAsync(message);
        var received = (await client.CreateReceiver(queue).ReceiveAsync()).ShouldHaveSingleItem();
        received.Body.ToArray().ShouldBe(body);
        received.Attributes["a"].ShouldBe("ü%");
        received.DeduplicationId.ShouldBe("own");
    }

    [Fact]
    public async Task A_stream_is_sent_and_opened_as_a_stream()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        var body = new byte[300_000];
        Random.Shared.NextBytes(body);
        await client
            .CreateSender(queue)
            .SendStreamAsync(new FuncQueueMessage { ContentType = "application/x-own" }, new MemoryStream(body));
        var receiver = client.CreateReceiver(queue, new FuncQueueReceiverOptions { LoadBodies = false });
        var received = (await receiver.ReceiveAsync()).ShouldHaveSingleItem();
        received.IsBodyLoaded.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => received.Body);
        await using var stream = await receiver.OpenBodyAsync(received);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        copy.ToArray().ShouldBe(body);
    }

    [Fact]
    public async Task Calls_that_wait_while_a_request_is_under_way_share_the_next_one()
    {
        var gate = new TaskCompletionSource();
        var interference = new Interference { Before = (_, _) => gate.Task.ContinueWith(_ => (HttpResponseMessage?)null) };
        await using var client = app.Client(interference);
        var queue = await app.QueueAsync();
        var sender = client.CreateSender(queue);
        var sends = Enumerable.Range(0, 101).Select(i => sender.SendAsync($"{i}")).ToList();
        gate.SetResult();
        (await Task.WhenAll(sends)).Select(sent => sent.MessageId).Distinct().Count().ShouldBe(101);
        // The first, and a full one beside it.
        interference.CountOf("/batch").ShouldBe(2);
    }

    [Fact]
    public async Task A_message_with_a_fault_does_not_fail_those_that_share_its_request()
    {
        var gate = new TaskCompletionSource();
        var interference = new Interference { Before = (_, _) => gate.Task.ContinueWith(_ => (HttpResponseMessage?)null) };
        await using var client = app.Client(interference);
        var queue = await app.QueueAsync();
        var sender = client.CreateSender(queue);
        var sends = Enumerable
            .Range(0, 9)
            .Select(i => sender.SendAsync(new FuncQueueMessage($"{i}") { Priority = i == 5 ? 99 : null }))
            .ToList();
        gate.SetResult();
        var failure = await Should.ThrowAsync<FuncQueueException>(sends[5]);
        failure.Reason.ShouldBe(FuncQueueErrorReason.InvalidRequest);
        failure.Errors.ShouldNotBeEmpty();
        sends.RemoveAt(5);
        await Task.WhenAll(sends);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    public async Task A_send_whose_answer_was_lost_is_repeated_and_stored_once(int size)
    {
        var losses = 1;
        var interference = new Interference { Lose = _ => Interlocked.Decrement(ref losses) >= 0 };
        await using var client = app.Client(interference, Quick);
        var queue = await app.QueueAsync();
        var sent = await client.CreateSender(queue).SendAsync(new FuncQueueMessage(BinaryData.FromBytes(new byte[size])));
        sent.Duplicate.ShouldBeTrue();
        (await client.CreateReceiver(queue).ReceiveAsync(10)).ShouldHaveSingleItem().MessageId.ShouldBe(sent.MessageId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_that_share_a_lost_request_are_stored_once_each_whether_or_not_they_share_an_id(bool differ)
    {
        var (gate, requests) = (new TaskCompletionSource(), 0);
        var interference = new Interference
        {
            Before = (_, _) => gate.Task.ContinueWith(_ => (HttpResponseMessage?)null),
            // That of the first message, and that of all that waited meanwhile; a repeat comes behind each.
            Lose = _ => Interlocked.Increment(ref requests) is 1 or 3,
        };
        await using var client = app.Client(interference, Quick);
        var queue = await app.QueueAsync();
        var sender = client.CreateSender(queue);
        // An id of a message's own, or a body that lies in a blob, and each needs one.
        var sends = Enumerable
            .Range(0, 60)
            .Select(i => new FuncQueueMessage($"{i}") { DeduplicationId = differ && i == 7 ? "own" : null })
            .Append(new FuncQueueMessage(BinaryData.FromBytes(new byte[differ ? 50_000 : 10])))
            .Select(message => sender.SendAsync(message))
            .ToList();
        gate.SetResult();
        (await Task.WhenAll(sends)).ShouldAllBe(sent => sent.Duplicate);
        interference.CountOf("/batch").ShouldBe(4);
        (await client.Administration.FindQueueAsync(queue)).ShouldNotBeNull().Counts.ShouldNotBeNull().Ready.ShouldBe(61);
    }

    [Fact]
    public async Task Without_a_deduplication_id_a_lost_answer_is_told_and_not_repeated()
    {
        var interference = new Interference { Lose = _ => true };
        await using var client = app.Client(interference, Quick);
        var queue = await app.QueueAsync();
        var sender = client.CreateSender(queue, new FuncQueueSenderOptions { DeduplicationIds = false });
        var failure = await Should.ThrowAsync<FuncQueueException>(sender.SendAsync("perhaps"));
        failure.Reason.ShouldBe(FuncQueueErrorReason.OutcomeUnknown);
        interference.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_server_refuses_for_now_is_repeated_with_or_without_an_id()
    {
        var refusals = 2;
        var interference = new Interference
        {
            Before = (_, _) =>
                Task.FromResult(Interlocked.Decrement(ref refusals) >= 0 ? new HttpResponseMessage(HttpStatusCode.TooManyRequests) : null),
        };
        await using var client = app.Client(interference, Quick);
        var queue = await app.QueueAsync();
        await client.CreateSender(queue, new FuncQueueSenderOptions { DeduplicationIds = false }).SendAsync("at last");
        interference.Requests.ShouldBe(3);
    }

    [Fact]
    public async Task Each_message_of_a_list_has_an_outcome_of_its_own()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync(fifo: true);
        var outcomes = await client
            .CreateSender(queue)
            .SendAllAsync([new FuncQueueMessage("a") { GroupId = "g" }, new FuncQueueMessage("no group")]);
        outcomes[0].IsSent.ShouldBeTrue();
        outcomes[0].GetResult().SequenceNumber.ShouldNotBeNull();
        outcomes[1].Failure.ShouldNotBeNull().Reason.ShouldBe(FuncQueueErrorReason.GroupRequired);
        Should.Throw<FuncQueueException>(() => outcomes[1].GetResult());
    }

    [Fact]
    public async Task Messages_of_a_group_that_are_sent_without_waiting_stay_in_order()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync(fifo: true);
        var sender = client.CreateSender(queue);
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => sender.SendAsync(new FuncQueueMessage($"{i}") { GroupId = "g" })));
        var receiver = client.CreateReceiver(queue);
        var bodies = new List<string>();
        while (bodies.Count < 250)
        {
            var some = await receiver.ReceiveAsync(100);
            bodies.AddRange(some.Select(message => message.Body.ToString()));
            await Task.WhenAll(some.Select(message => receiver.AckAsync(message)));
        }

        bodies.ShouldBe(Enumerable.Range(0, 250).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_scheduled_message_can_be_cancelled_once()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        var sender = client.CreateSender(queue);
        var sent = await sender.SendAsync(new FuncQueueMessage("later") { Delay = TimeSpan.FromHours(1) });
        (await client.CreateReceiver(queue).ListScheduledAsync()).Items.ShouldHaveSingleItem().MessageId.ShouldBe(sent.MessageId);
        (await sender.CancelScheduledAsync(sent.MessageId)).ShouldBeTrue();
        (await sender.CancelScheduledAsync(sent.MessageId)).ShouldBeFalse();
    }

    private static void Quick(FuncQueueClientOptions options) => options.RetryDelay = TimeSpan.FromMilliseconds(1);
}
