using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>
/// Messages that a redrive policy moves: when they arrive, as what, and what becomes of them where nothing can take them.
/// </summary>
public sealed class ChainTests(AppFixture app) : SqsTest(app)
{
    [Theory]
    [InlineData("")]
    [InlineData(".fifo")]
    public async Task The_producers_message_id_stays_through_all_hops_and_a_task_between_them(string suffix)
    {
        var c = await NewAsync(suffix);
        var b = await NewAsync(suffix, ("RedrivePolicy", Policy(c, 1)));
        var a = await NewAsync(suffix, ("RedrivePolicy", Policy(b, 1)));
        var id = (await Sqs.SendMessageAsync(new SendMessageRequest(a, "x") { MessageGroupId = suffix.Length > 0 ? "g" : null })).MessageId;
        await HopAsync(a, id);
        await HopAsync(b, id);
        var arrived = await LookAsync(c);
        (arrived.MessageId, arrived.Attributes["DeadLetterQueueSourceArn"]).ShouldBe((id, ArnOf(b)));
        arrived.Attributes.GetValueOrDefault("MessageDeduplicationId").ShouldBe(suffix.Length > 0 ? id : null);
        await Sqs.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = ArnOf(c), DestinationArn = ArnOf(a) });
        await Until.TrueAsync(
            async () => (await Sqs.GetQueueAttributesAsync(a, ["All"])).ApproximateNumberOfMessages == 1,
            "the task moves it"
        );
        await HopAsync(a, id);
        (await LookAsync(b)).MessageId.ShouldBe(id);
    }

    [Fact]
    public async Task Of_many_messages_that_die_each_is_in_the_dead_letter_queue_when_the_receive_has_answered()
    {
        var dead = await QueueAsync();
        var url = await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        for (var round = 1; round <= 5; round++)
        {
            await Sqs.SendMessageBatchAsync(
                url,
                [.. Enumerable.Range(0, 10).Select(i => new SendMessageBatchRequestEntry($"{i}", $"{round}-{i}"))]
            );
            var left = 10;
            while (left > 0)
                left -= (await ReceiveAsync(url, r => (r.MaxNumberOfMessages, r.VisibilityTimeout) = (10, 0))).Count;
            (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
            (await Sqs.GetQueueAttributesAsync(dead, ["All"])).ApproximateNumberOfMessages.ShouldBe(10 * round);
        }
    }

    [Fact]
    public async Task A_queue_can_be_its_own_dead_letter_queue()
    {
        var url = await QueueAsync();
        await Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = Policy(url, 1) });
        var id = (await Sqs.SendMessageAsync(url, "x")).MessageId;
        await HopAsync(url, id);
        (await LookAsync(url)).MessageId.ShouldBe(id);
    }

    [Fact]
    public async Task Dead_letters_of_a_queue_without_a_redrive_policy_are_counted_and_purged()
    {
        var name = NewName();
        await Http.PutAsync("/queues/" + name, """{"maxDeliveryCount":2}""");
        var url = (await Sqs.GetQueueUrlAsync(name)).QueueUrl;
        await Sqs.SendMessageAsync(url, "x");
        for (var i = 0; i < 2; i++)
            await ReceiveOneAsync(url, r => r.VisibilityTimeout = 0);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
        var counts = await Sqs.GetQueueAttributesAsync(url, ["All"]);
        (counts.ApproximateNumberOfMessages, counts.ApproximateNumberOfMessagesNotVisible).ShouldBe((0, 1));
        await Sqs.PurgeQueueAsync(url);
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessagesNotVisible.ShouldBe(0);
        (await Http.CountsAsync("/queues/" + name)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    private async Task<string> NewAsync(string suffix, params (string, string)[] attributes) =>
        suffix.Length == 0
            ? await QueueAsync(attributes)
            : await QueueNamedAsync(NewName(suffix), [("FifoQueue", "true"), ("ContentBasedDeduplication", "true"), .. attributes]);

    private string Policy(string dead, int count) => $$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}","maxReceiveCount":{{count}}}""";

    /// <summary>The message is received once too often.</summary>
    private async Task HopAsync(string url, string id)
    {
        (await LookAsync(url)).MessageId.ShouldBe(id);
        await Sqs.ReceiveMessageAsync(url);
    }

    private Task<Message> LookAsync(string url) =>
        ReceiveOneAsync(url, r => (r.VisibilityTimeout, r.WaitTimeSeconds, r.MessageSystemAttributeNames) = (0, 0, ["All"]));
}
