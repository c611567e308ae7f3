using System.Security.Cryptography;
using System.Text;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>FIFO queues: order in a group, deduplication, sequence numbers, repeated receives.</summary>
public sealed class FifoTests(AppFixture app) : SqsTest(app)
{
    private Task<string> FifoAsync(params (string, string)[] attributes) =>
        QueueNamedAsync(NewName(".fifo"), [("FifoQueue", "true"), .. attributes]);

    [Fact]
    public async Task A_FIFO_queue_needs_the_suffix_and_has_attributes_of_its_own()
    {
        var url = await FifoAsync(("ContentBasedDeduplication", "true"));
        var attributes = (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes;
        (
            attributes["FifoQueue"],
            attributes["ContentBasedDeduplication"],
            attributes["DeduplicationScope"],
            attributes["FifoThroughputLimit"]
        ).ShouldBe(("true", "true", "queue", "perQueue"));
        await Sqs.SetQueueAttributesAsync(
            url,
            new()
            {
                ["DeduplicationScope"] = "messageGroup",
                ["FifoThroughputLimit"] = "perMessageGroupId",
                ["ContentBasedDeduplication"] = "false",
                ["FifoQueue"] = "true",
            }
        );
        attributes = (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes;
        (attributes["ContentBasedDeduplication"], attributes["DeduplicationScope"], attributes["FifoThroughputLimit"]).ShouldBe(
            ("false", "messageGroup", "perMessageGroupId")
        );
        (await Http.GetAsync(PathOf(url))).Json["type"]!.GetValue<string>().ShouldBe("fifo");
        await IsInvalidAsync(() => QueueNamedAsync(NewName(), ("FifoQueue", "true")));
        NameOf(await QueueNamedAsync(NewName(), ("FifoQueue", "false"))).ShouldNotEndWith(".fifo");
        await FailsAsync<InvalidAttributeValueException>(
            () => QueueNamedAsync(NewName(".fifo"), ("FifoQueue", "yes")),
            "InvalidAttributeValue"
        );
        (
            await FailsAsync<InvalidAttributeValueException>(
                () => Sqs.SetQueueAttributesAsync(url, new() { ["FifoQueue"] = "false" }),
                "InvalidAttributeValue"
            )
        ).Message.ShouldEndWith("Modifying queue type is not supported.");
        await FailsAsync<InvalidAttributeValueException>(
            () => FifoAsync(("FifoThroughputLimit", "perMessageGroupId")),
            "InvalidAttributeValue"
        );
        await FailsAsync<QueueNameExistsException>(
            () => QueueNamedAsync(NameOf(url), ("FifoQueue", "true"), ("ContentBasedDeduplication", "true")),
            "QueueAlreadyExists"
        );
    }

    [Fact]
    public async Task Messages_of_a_group_come_in_the_order_they_were_sent_and_none_while_an_earlier_one_is_out()
    {
        var url = await FifoAsync();
        var numbers = new List<string>();
        foreach (var i in Enumerable.Range(0, 3))
            numbers.Add((await SendAsync(url, $"a{i}", "a", $"a{i}")).SequenceNumber);
        await SendAsync(url, "b0", "b", "b0");
        numbers.ShouldBe(numbers.Order(StringComparer.Ordinal));
        numbers.ShouldAllBe(n => n.Length == 20);
        var first = await ReceiveOneAsync(url, r => r.MessageSystemAttributeNames = ["All"]);
        first.Body.ShouldBe("a0");
        (first.Attributes["MessageGroupId"], first.Attributes["MessageDeduplicationId"], first.Attributes["SequenceNumber"]).ShouldBe(
            ("a", "a0", numbers[0])
        );
        (await ReceiveAsync(url, r => r.MaxNumberOfMessages = 10)).Select(m => m.Body).ShouldBe(["b0"]);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
        await Sqs.DeleteMessageAsync(url, first.ReceiptHandle);
        (await ReceiveAsync(url, r => r.MaxNumberOfMessages = 10)).Select(m => m.Body).ShouldBe(["a1", "a2"]);
    }

    /// <summary>As Amazon's service does; each step is one change, and then what a receive of ten gets.</summary>
    [Theory]
    [InlineData("back 1", "m1")]
    [InlineData("back 2", "")]
    [InlineData("back 3", "")]
    [InlineData("back 3, back 2, back 1", "m1 m2 m3 m4")]
    [InlineData("soon 2, soon 1", "m1 m2")]
    [InlineData("delete 1, back 2", "m2")]
    [InlineData("delete 1", "")]
    [InlineData("delete 2", "")]
    [InlineData("delete 3, back 1", "m1")]
    [InlineData("delete 3, delete 2, delete 1", "m4")]
    [InlineData("back 1, receive m1, back 2", "")]
    [InlineData("back 1, receive m1, back 2, delete 1 again", "m2")]
    public async Task Of_a_group_what_stands_before_the_first_invisible_message_is_received(string steps, string then)
    {
        var url = await FifoAsync();
        foreach (var i in Enumerable.Range(1, 4))
            await SendAsync(url, $"m{i}", "g", $"m{i}");
        var handles = (await ReceiveAsync(url, r => (r.MaxNumberOfMessages, r.VisibilityTimeout) = (3, 600))).ConvertAll(m =>
            m.ReceiptHandle
        );
        handles.Count.ShouldBe(3);
        var again = "";
        foreach (var step in steps.Split(", "))
        {
            var words = step.Split(' ');
            var handle = words.Length > 2 ? again : handles.ElementAtOrDefault(words[1][^1] - '1')!;
            switch (words[0])
            {
                case "back":
                    await Sqs.ChangeMessageVisibilityAsync(url, handle, 0);
                    break;
                case "soon":
                    await Sqs.ChangeMessageVisibilityAsync(url, handle, 1);
                    break;
                case "delete":
                    await Sqs.DeleteMessageAsync(url, handle);
                    break;
                default:
                    again = (await ReceiveTenAsync()).ShouldHaveSingleItem().ReceiptHandle;
                    break;
            }
        }

        string.Join(' ', (await ReceiveTenAsync(wait: then == "" ? 0 : 20)).Select(m => m.Body)).ShouldBe(then);
        // What is out is as good as before for who has it.
        if (!steps.Contains(" 3", StringComparison.Ordinal))
            await Sqs.ChangeMessageVisibilityAsync(url, handles[2], 600);

        Task<List<Message>> ReceiveTenAsync(int wait = 20) =>
            ReceiveAsync(url, r => (r.MaxNumberOfMessages, r.VisibilityTimeout, r.WaitTimeSeconds) = (10, 600, wait));
    }

    [Fact]
    public async Task A_batch_is_enqueued_in_its_order()
    {
        var url = await FifoAsync(("ContentBasedDeduplication", "true"));
        var sent = await Sqs.SendMessageBatchAsync(
            url,
            [.. Enumerable.Range(0, 10).Select(i => new SendMessageBatchRequestEntry($"{i}", $"{i}") { MessageGroupId = "g" })]
        );
        sent.Successful.Select(s => s.SequenceNumber).ShouldBe(sent.Successful.Select(s => s.SequenceNumber).Order(StringComparer.Ordinal));
        (await ReceiveAsync(url, r => r.MaxNumberOfMessages = 10))
            .Select(m => m.Body)
            .ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_message_sent_again_with_its_deduplication_id_is_accepted_and_not_delivered_even_when_the_first_is_gone()
    {
        var url = await FifoAsync();
        var first = await SendAsync(url, "x", "g", "d");
        var again = await SendAsync(url, "y", "other", "d");
        again.MessageId.ShouldBe(first.MessageId);
        again.SequenceNumber.ShouldBe(first.SequenceNumber);
        var message = await ReceiveOneAsync(url);
        message.Body.ShouldBe("x");
        await Sqs.DeleteMessageAsync(url, message.ReceiptHandle);
        (await SendAsync(url, "x", "g", "d")).MessageId.ShouldBe(first.MessageId);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
    }

    [Fact]
    public async Task Content_based_deduplication_goes_by_the_hash_of_the_body_alone()
    {
        var url = await FifoAsync(("ContentBasedDeduplication", "true"));
        var first = await SendAsync(url, "same", "g", null);
        var withAttribute = new SendMessageRequest(url, "same")
        {
            MessageGroupId = "g",
            MessageAttributes = new()
            {
                ["a"] = new() { DataType = "String", StringValue = "x" },
            },
        };
        (await Sqs.SendMessageAsync(withAttribute)).MessageId.ShouldBe(first.MessageId);
        // One's own id goes before the body's hash, and may be that hash.
        (await SendAsync(url, "same", "g", "own")).MessageId.ShouldNotBe(first.MessageId);
        (await SendAsync(url, "other", "g", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("same"))))).MessageId.ShouldBe(
            first.MessageId
        );
        (await ReceiveAsync(url, r => r.MaxNumberOfMessages = 10)).Select(m => m.Body).ShouldBe(["same", "same"]);
    }

    [Fact]
    public async Task With_the_scope_of_a_message_group_the_same_id_is_another_message_in_another_group()
    {
        var url = await FifoAsync(("DeduplicationScope", "messageGroup"));
        var first = await SendAsync(url, "a", "g1", "d");
        (await SendAsync(url, "a", "g1", "d")).MessageId.ShouldBe(first.MessageId);
        (await SendAsync(url, "b", "g2", "d")).MessageId.ShouldNotBe(first.MessageId);
        var received = await ReceiveAsync(url, r => (r.MaxNumberOfMessages, r.MessageSystemAttributeNames) = (10, ["All"]));
        received.Count.ShouldBe(2);
        received.ShouldAllBe(m => m.Attributes["MessageDeduplicationId"] == "d");
    }

    [Fact]
    public async Task A_message_without_a_group_or_an_id_is_refused()
    {
        var url = await FifoAsync();
        await FailsAsync(() => Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageDeduplicationId = "d" }), "MissingParameter");
        (await IsInvalidAsync(() => SendAsync(url, "x", "g", null))).Message.ShouldBe(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
        );
        (await IsInvalidAsync(() => Sqs.SendMessageBatchAsync(url, [new("a", "x") { MessageDeduplicationId = "d" }]))).Message.ShouldBe(
            "The request must contain the parameter MessageGroupId."
        );
        await IsInvalidAsync(() => Sqs.SendMessageBatchAsync(url, [new("a", "x") { MessageGroupId = "g" }]));
        await IsInvalidAsync(() => SendAsync(url, "x", "g", new string('d', 129)));
        await IsInvalidAsync(() => SendAsync(url, "x", "g g", "d"));
        (
            await IsInvalidAsync(() =>
                Sqs.SendMessageAsync(
                    new SendMessageRequest(url, "x")
                    {
                        MessageGroupId = "g",
                        MessageDeduplicationId = "d",
                        DelaySeconds = 2,
                    }
                )
            )
        ).Message.ShouldBe(
            "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type."
        );
        (await SendAsync(url, "x", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ0", "d")).MessageId.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_receive_repeated_with_its_attempt_id_gets_the_same_messages_and_receipt_handles()
    {
        var url = await FifoAsync(("ContentBasedDeduplication", "true"));
        await Sqs.SendMessageBatchAsync(
            url,
            [.. Enumerable.Range(0, 3).Select(i => new SendMessageBatchRequestEntry($"{i}", $"{i}") { MessageGroupId = "g" })]
        );
        var first = await ReceiveAsync(url, r => (r.ReceiveRequestAttemptId, r.MaxNumberOfMessages) = ("try-1", 2));
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
        for (var i = 0; i < 2; i++)
        {
            var again = await ReceiveAsync(url, r => (r.ReceiveRequestAttemptId, r.MaxNumberOfMessages) = ("try-1", 2));
            again.Select(m => (m.MessageId, m.ReceiptHandle)).ShouldBe(first.Select(m => (m.MessageId, m.ReceiptHandle)));
        }

        (await ReceiveAsync(url, r => (r.ReceiveRequestAttemptId, r.WaitTimeSeconds) = ("try-2", 0))).ShouldBeEmpty();
        await Sqs.DeleteMessageAsync(url, first[0].ReceiptHandle);
        // One of them has changed: what is to be had now is received.
        (await ReceiveAsync(url, r => (r.ReceiveRequestAttemptId, r.WaitTimeSeconds) = ("try-1", 0))).ShouldBeEmpty();
        await Sqs.DeleteMessageAsync(url, first[1].ReceiptHandle);
        (await ReceiveOneAsync(url, r => r.ReceiveRequestAttemptId = "try-1")).Body.ShouldBe("2");
        await IsInvalidAsync(() => ReceiveAsync(url, r => r.ReceiveRequestAttemptId = new string('a', 129)));
    }

    [Fact]
    public async Task A_receipt_handle_is_expired_once_another_has_the_message_and_good_for_one_that_is_gone()
    {
        var url = await FifoAsync();
        await SendAsync(url, "x", "g", "d");
        var first = await ReceiveOneAsync(url, r => r.VisibilityTimeout = 0);
        var second = await ReceiveOneAsync(url);
        (await IsInvalidAsync(() => Sqs.DeleteMessageAsync(url, first.ReceiptHandle))).Message.ShouldBe(
            $"Value {first.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
        );
        await Sqs.DeleteMessageAsync(url, second.ReceiptHandle);
        await Sqs.DeleteMessageAsync(url, second.ReceiptHandle);
    }

    private Task<SendMessageResponse> SendAsync(string url, string body, string group, string? id) =>
        Sqs.SendMessageAsync(new SendMessageRequest(url, body) { MessageGroupId = group, MessageDeduplicationId = id });
}
