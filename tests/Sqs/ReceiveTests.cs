using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>ReceiveMessage, DeleteMessage, ChangeMessageVisibility.</summary>
public sealed class ReceiveTests(AppFixture app) : SqsTest(app)
{
    [Fact]
    public async Task A_received_message_is_hidden_until_its_visibility_timeout_and_comes_again_with_another_receipt_handle()
    {
        var url = await QueueAsync(("VisibilityTimeout", "1"));
        await Sqs.SendMessageAsync(url, "x");
        var first = await ReceiveOneAsync(url, r => r.MessageSystemAttributeNames = ["All"]);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
        var second = await ReceiveOneAsync(url, r => r.MessageSystemAttributeNames = ["All"]);
        second.MessageId.ShouldBe(first.MessageId);
        second.ReceiptHandle.ShouldNotBe(first.ReceiptHandle);
        (first.Attributes["ApproximateReceiveCount"], second.Attributes["ApproximateReceiveCount"]).ShouldBe(("1", "2"));
        second.Attributes["ApproximateFirstReceiveTimestamp"].ShouldBe(first.Attributes["ApproximateFirstReceiveTimestamp"]);
    }

    [Fact]
    public async Task The_visibility_timeout_of_a_receive_goes_before_the_queues()
    {
        var url = await QueueAsync(("VisibilityTimeout", "43200"));
        await Sqs.SendMessageAsync(url, "x");
        await ReceiveOneAsync(url, r => r.VisibilityTimeout = 1);
        (await ReceiveOneAsync(url)).Body.ShouldBe("x");
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
    }

    [Fact]
    public async Task System_attributes_are_told_when_named()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        var all = (await ReceiveOneAsync(url, r => (r.MessageSystemAttributeNames, r.VisibilityTimeout) = (["All"], 0))).Attributes;
        all.Keys.ShouldBe(["SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"], ignoreOrder: true);
        long.Parse(all["SentTimestamp"]).ShouldBeLessThanOrEqualTo(long.Parse(all["ApproximateFirstReceiveTimestamp"]));
        all["SenderId"].ShouldNotBeEmpty();
#pragma warning disable CS0618 // The older spelling must do the same.
        (
            await ReceiveOneAsync(url, r => (r.AttributeNames, r.VisibilityTimeout) = (["SentTimestamp", "SenderId", "Policy"], 0))
        ).Attributes.Keys.ShouldBe(["SentTimestamp", "SenderId"], ignoreOrder: true);
#pragma warning restore CS0618
        (await ReceiveOneAsync(url, r => r.VisibilityTimeout = 0)).Attributes.ShouldBeNull();
        await FailsAsync(() => ReceiveAsync(url, r => r.MessageSystemAttributeNames = ["Colour"]), "InvalidAttributeName");
    }

    [Theory]
    [InlineData("All", "Bar,Foo,Foo.Bar,Fool")]
    [InlineData(".*", "Bar,Foo,Foo.Bar,Fool")]
    [InlineData("Foo", "Foo")]
    [InlineData("Foo.*", "Foo,Foo.Bar,Fool")]
    [InlineData("B.*,Foo.Bar", "Bar,Foo.Bar")]
    [InlineData("foo", "")]
    [InlineData("None,AWS.,Illegal name", "")]
    [InlineData("", "")]
    public async Task Message_attributes_are_selected_by_name_and_by_prefix_and_the_digest_is_of_those(string names, string arrived)
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(
            new SendMessageRequest(url, "x")
            {
                MessageAttributes = new[] { "Foo", "Foo.Bar", "Fool", "Bar" }.ToDictionary(
                    n => n,
                    n => new MessageAttributeValue { DataType = "String", StringValue = n }
                ),
            }
        );
        var message = await ReceiveOneAsync(
            url,
            r => r.MessageAttributeNames = [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries)]
        );
        (message.MessageAttributes?.Keys ?? Enumerable.Empty<string>())
            .Order(StringComparer.Ordinal)
            .ShouldBe(arrived.Split(',', StringSplitOptions.RemoveEmptyEntries));
        (message.MD5OfMessageAttributes is null).ShouldBe(arrived.Length == 0);
    }

    [Fact]
    public async Task A_long_poll_ends_when_a_message_comes()
    {
        var url = await QueueAsync();
        var waiting = ReceiveAsync(url, r => r.WaitTimeSeconds = 20);
        await Sqs.SendMessageAsync(url, "x");
        (await waiting).ShouldHaveSingleItem().Body.ShouldBe("x");
    }

    [Fact]
    public async Task The_queues_wait_holds_for_a_receive_that_names_none()
    {
        var url = await QueueAsync(("ReceiveMessageWaitTimeSeconds", "20"));
        var waiting = Sqs.ReceiveMessageAsync(url);
        var other = await QueueAsync();
        // Answers with nothing, since this queue has no wait: by then the first would have too.
        (await Sqs.ReceiveMessageAsync(other)).Messages.ShouldBeNull();
        await Sqs.SendMessageAsync(url, "x");
        (await waiting).Messages.ShouldHaveSingleItem().Body.ShouldBe("x");
    }

    [Fact]
    public async Task A_receive_out_of_range_is_refused()
    {
        var url = await QueueAsync();
        (await IsInvalidAsync(() => ReceiveAsync(url, r => r.MaxNumberOfMessages = 11))).Message.ShouldBe(
            "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
        );
        await IsInvalidAsync(() => ReceiveAsync(url, r => r.MaxNumberOfMessages = 0));
        await IsInvalidAsync(() => ReceiveAsync(url, r => r.WaitTimeSeconds = 21));
        await IsInvalidAsync(() => ReceiveAsync(url, r => r.WaitTimeSeconds = -1));
        await IsInvalidAsync(() => ReceiveAsync(url, r => r.VisibilityTimeout = -1));
        await IsInvalidAsync(() => ReceiveAsync(url, r => r.VisibilityTimeout = 43_201));
        await IsInvalidAsync(() => ReceiveAsync(url, r => r.ReceiveRequestAttemptId = "attempt"));
    }

    [Fact]
    public async Task A_deleted_message_is_gone_and_deleting_it_again_succeeds()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        var message = await ReceiveOneAsync(url);
        await Sqs.DeleteMessageAsync(url, message.ReceiptHandle);
        await Sqs.DeleteMessageAsync(url, message.ReceiptHandle);
        var counts = await Sqs.GetQueueAttributesAsync(url, ["All"]);
        (counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible).ShouldBe(0);
    }

    [Fact]
    public async Task A_message_whose_timeout_has_passed_can_be_deleted_until_another_receives_it()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        var first = await ReceiveOneAsync(url, r => r.VisibilityTimeout = 0);
        var second = await ReceiveOneAsync(url);
        await Sqs.DeleteMessageAsync(url, first.ReceiptHandle);
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessagesNotVisible.ShouldBe(1);
        await Sqs.DeleteMessageAsync(url, second.ReceiptHandle);
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessagesNotVisible.ShouldBe(0);
    }

    [Fact]
    public async Task A_receipt_handle_of_another_queue_or_of_none_is_invalid()
    {
        var (url, other) = (await QueueAsync(), await QueueAsync());
        await Sqs.SendMessageAsync(url, "x");
        var receipt = (await ReceiveOneAsync(url)).ReceiptHandle;
        await FailsAsync<ReceiptHandleIsInvalidException>(
            () => Sqs.DeleteMessageAsync(other, receipt),
            "ReceiptHandleIsInvalid",
            HttpStatusCode.NotFound
        );
        await FailsAsync<ReceiptHandleIsInvalidException>(
            () => Sqs.DeleteMessageAsync(url, receipt + "x"),
            "ReceiptHandleIsInvalid",
            HttpStatusCode.NotFound
        );
        await FailsAsync<ReceiptHandleIsInvalidException>(
            () => Sqs.ChangeMessageVisibilityAsync(url, "none", 1),
            "ReceiptHandleIsInvalid",
            HttpStatusCode.NotFound
        );
        await FailsAsync(() => Sqs.DeleteMessageAsync(url, ""), "MissingParameter");
        await FailsAsync(() => Sqs.ChangeMessageVisibilityAsync(url, "", 1), "MissingParameter");
    }

    [Fact]
    public async Task A_visibility_of_0_lets_the_message_go_at_once()
    {
        var url = await QueueAsync(("VisibilityTimeout", "43200"));
        await Sqs.SendMessageAsync(url, "x");
        var message = await ReceiveOneAsync(url);
        await Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 0);
        // No wait: it must be there now.
        (await Sqs.ReceiveMessageAsync(url))
            .Messages.ShouldHaveSingleItem()
            .MessageId.ShouldBe(message.MessageId);
    }

    [Fact]
    public async Task A_visibility_can_be_shortened_and_lengthened()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        var message = await ReceiveOneAsync(url, r => r.VisibilityTimeout = 43_200);
        await Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 1);
        var again = await ReceiveOneAsync(url, r => r.VisibilityTimeout = 1);
        await Sqs.ChangeMessageVisibilityAsync(url, again.ReceiptHandle, 43_200);
        (await ReceiveAsync(url, r => r.WaitTimeSeconds = 2)).ShouldBeEmpty();
        await IsInvalidAsync(() => Sqs.ChangeMessageVisibilityAsync(url, again.ReceiptHandle, 43_201));
        await IsInvalidAsync(() => Sqs.ChangeMessageVisibilityAsync(url, again.ReceiptHandle, -1));
    }

    [Fact]
    public async Task The_visibility_of_a_message_that_is_not_in_flight_cannot_be_changed()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        var message = await ReceiveOneAsync(url);
        await Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 0);
        await FailsAsync<MessageNotInflightException>(
            () => Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 10),
            "AWS.SimpleQueueService.MessageNotInflight"
        );
        var again = await ReceiveOneAsync(url);
        (await IsInvalidAsync(() => Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 10))).Message.ShouldEndWith(
            "not available for visibility timeout change."
        );
        await Sqs.DeleteMessageAsync(url, again.ReceiptHandle);
        (await IsInvalidAsync(() => Sqs.ChangeMessageVisibilityAsync(url, again.ReceiptHandle, 10))).Message.ShouldEndWith(
            "not available for visibility timeout change."
        );
    }

    [Fact]
    public async Task Of_many_receivers_each_message_goes_to_one()
    {
        var url = await QueueAsync();
        for (var i = 0; i < 5; i++)
            await Sqs.SendMessageBatchAsync(
                url,
                [.. Enumerable.Range(0, 10).Select(j => new SendMessageBatchRequestEntry($"{j}", $"{i * 10 + j}"))]
            );
        var received = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(async _ =>
                {
                    var mine = new List<string>();
                    while (await ReceiveAsync(url, r => (r.MaxNumberOfMessages, r.WaitTimeSeconds) = (10, 1)) is { Count: > 0 } messages)
                        mine.AddRange(messages.Select(m => m.Body));
                    return mine;
                })
        );
        received.SelectMany(r => r).Select(int.Parse).Order().ShouldBe(Enumerable.Range(0, 50));
    }
}
