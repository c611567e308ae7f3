using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>
/// How long a receipt handle is good: on standard queues until the next receive, on FIFO queues until its visibility timeout ends.
/// </summary>
public sealed class HandleTests(AppFixture app) : SqsTest(app)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_given_back_can_be_deleted_until_the_next_receive(bool batch)
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        var message = await ReceiveOneAsync(url);
        await GiveBackAsync(url, message, batch);
        await FailsAsync<MessageNotInflightException>(
            () => Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 10),
            "AWS.SimpleQueueService.MessageNotInflight"
        );
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessages.ShouldBe(1);
        await DeleteAsync(url, message, batch);
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessages.ShouldBe(0);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
    }

    [Fact]
    public async Task A_message_given_back_is_to_be_had_at_once_and_then_its_old_handle_deletes_nothing()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        var first = await ReceiveOneAsync(url);
        await Sqs.ChangeMessageVisibilityAsync(url, first.ReceiptHandle, 0);
        var second = (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldHaveSingleItem();
        await Sqs.DeleteMessageAsync(url, first.ReceiptHandle);
        await Sqs.ChangeMessageVisibilityAsync(url, second.ReceiptHandle, 0);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_message_given_back_at_its_last_delivery_can_be_deleted_too()
    {
        var dead = await QueueAsync();
        var url = await QueueAsync(("RedrivePolicy", $$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}","maxReceiveCount":1}"""));
        await Sqs.SendMessageAsync(url, "x");
        var message = await ReceiveOneAsync(url);
        await Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 0);
        await Sqs.DeleteMessageAsync(url, message.ReceiptHandle);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
        (await Sqs.ReceiveMessageAsync(dead)).Messages.ShouldBeNull();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_delete_on_a_FIFO_queue_after_the_visibility_timeout_is_refused_and_the_message_comes_again(bool byHttp, bool batch)
    {
        var url = await FifoAsync(byHttp);
        await SendAsync(url, "x");
        var late = await ReceiveOneAsync(url, r => r.VisibilityTimeout = 1);
        await Until.TrueAsync(
            async () => (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessages == 1,
            "the lease ends"
        );
        await IsExpiredAsync(url, late, batch);
        // So it is while another has it, and after a visibility of 0.
        var again = await ReceiveOneAsync(url);
        again.MessageId.ShouldBe(late.MessageId);
        await IsExpiredAsync(url, late, batch);
        await GiveBackAsync(url, again, batch);
        await IsExpiredAsync(url, again, batch);
        var atOnce = await ReceiveOneAsync(url, r => r.VisibilityTimeout = 0);
        await IsExpiredAsync(url, atOnce, batch);
        // In time it is deleted; and then once more, as on any queue.
        var last = await ReceiveOneAsync(url, r => r.VisibilityTimeout = 60);
        await DeleteAsync(url, last, batch);
        await DeleteAsync(url, last, batch);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
    }

    [Fact]
    public async Task A_visibility_timeout_prolonged_in_time_lets_a_FIFO_message_be_deleted()
    {
        var url = await FifoAsync(byHttp: false);
        await SendAsync(url, "x");
        var message = await ReceiveOneAsync(url, r => r.VisibilityTimeout = 20);
        await Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 60);
        await DeleteAsync(url, message, batch: false);
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessagesNotVisible.ShouldBe(0);
    }

    [Fact]
    public async Task A_standard_message_is_deleted_after_its_visibility_timeout()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        await DeleteAsync(url, await ReceiveOneAsync(url, r => r.VisibilityTimeout = 0), batch: false);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
    }

    private async Task<string> FifoAsync(bool byHttp)
    {
        if (!byHttp)
            return await QueueNamedAsync(NewName(".fifo"), ("FifoQueue", "true"), ("ContentBasedDeduplication", "true"));
        // Of that type without the suffix, which the HTTP API does not ask for.
        var name = NewName();
        await Http.PutAsync("/queues/" + name, """{"type":"fifo","contentBasedDeduplication":true,"maxDeliveryCount":null}""");
        return (await Sqs.GetQueueUrlAsync(name)).QueueUrl;
    }

    private Task<SendMessageResponse> SendAsync(string url, string body) =>
        Sqs.SendMessageAsync(new SendMessageRequest(url, body) { MessageGroupId = "g" });

    private async Task GiveBackAsync(string url, Message message, bool batch)
    {
        if (batch)
            (
                await Sqs.ChangeMessageVisibilityBatchAsync(url, [new("a", message.ReceiptHandle) { VisibilityTimeout = 0 }])
            ).Failed.ShouldBeNull();
        else
            await Sqs.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 0);
    }

    private async Task DeleteAsync(string url, Message message, bool batch)
    {
        if (batch)
            (await Sqs.DeleteMessageBatchAsync(url, [new("a", message.ReceiptHandle)])).Failed.ShouldBeNull();
        else
            await Sqs.DeleteMessageAsync(url, message.ReceiptHandle);
    }

    private async Task IsExpiredAsync(string url, Message message, bool batch)
    {
        var told = "";
        if (batch)
        {
            var failed = (await Sqs.DeleteMessageBatchAsync(url, [new("a", message.ReceiptHandle)])).Failed.ShouldHaveSingleItem();
            (failed.Code, failed.SenderFault).ShouldBe(("InvalidParameterValue", true));
            told = failed.Message;
        }
        else
        {
            told = (await IsInvalidAsync(() => Sqs.DeleteMessageAsync(url, message.ReceiptHandle))).Message;
        }

        told.ShouldEndWith("Reason: The receipt handle has expired.");
    }
}
