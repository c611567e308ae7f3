using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>RedrivePolicy, RedriveAllowPolicy and ListDeadLetterSourceQueues.</summary>
public sealed class RedriveTests(AppFixture app) : SqsTest(app)
{
    [Theory]
    [InlineData("")]
    [InlineData(".fifo")]
    public async Task A_message_that_was_received_too_often_goes_to_the_dead_letter_queue(string suffix)
    {
        var fifo = suffix.Length > 0;
        var dead = await NewQueueAsync(suffix);
        var url = await NewQueueAsync(suffix, ("RedrivePolicy", Policy(dead, 2)));
        var sent = await Sqs.SendMessageAsync(
            new SendMessageRequest(url, "poison")
            {
                MessageGroupId = fifo ? "g" : null,
                MessageAttributes = new()
                {
                    ["a"] = new() { DataType = "Number", StringValue = "1" },
                },
            }
        );
        for (var i = 1; i <= 2; i++)
        {
            var message = await ReceiveOneAsync(url, r => (r.MessageSystemAttributeNames, r.VisibilityTimeout) = (["All"], 1));
            message.Attributes["ApproximateReceiveCount"].ShouldBe($"{i}");
            message.Attributes.ContainsKey("DeadLetterQueueSourceArn").ShouldBeFalse();
        }

        Message? arrived = null;
        await Until.TrueAsync(
            async () =>
            {
                // As SQS does it: the receive after the last one moves the message.
                (await ReceiveAsync(url, r => r.WaitTimeSeconds = 0)).ShouldBeEmpty();
                arrived = (
                    await ReceiveAsync(
                        dead,
                        r => (r.WaitTimeSeconds, r.MessageSystemAttributeNames, r.MessageAttributeNames) = (0, ["All"], ["All"])
                    )
                ).SingleOrDefault();
                return arrived is not null;
            },
            "the message arrives in the dead-letter queue"
        );
        arrived!.Body.ShouldBe("poison");
        arrived.MessageId.ShouldBe(sent.MessageId);
        arrived.MessageAttributes["a"].DataType.ShouldBe("Number");
        arrived.Attributes["DeadLetterQueueSourceArn"].ShouldBe(ArnOf(url));
        arrived.Attributes["ApproximateReceiveCount"].ShouldBe("1");
        var counts = await Sqs.GetQueueAttributesAsync(url, ["All"]);
        (counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible).ShouldBe(0);
        (await Http.GetAsync(PathOf(url))).Json["counts"]!["deadLettered"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_message_given_back_after_its_last_receive_is_in_the_dead_letter_queue_once_the_next_receive_has_answered()
    {
        var dead = await QueueAsync();
        var url = await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        await Sqs.SendMessageAsync(url, "x");
        await Sqs.ChangeMessageVisibilityAsync(url, (await ReceiveOneAsync(url)).ReceiptHandle, 0);
        (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
        (await Sqs.ReceiveMessageAsync(dead)).Messages.ShouldHaveSingleItem().Body.ShouldBe("x");
    }

    [Fact]
    public async Task A_queue_without_a_redrive_policy_delivers_without_a_limit()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        for (var i = 1; i <= 12; i++)
            (await ReceiveOneAsync(url, r => (r.VisibilityTimeout, r.MessageSystemAttributeNames) = (0, ["All"])))
                .Attributes["ApproximateReceiveCount"]
                .ShouldBe($"{i}");
    }

    [Fact]
    public async Task A_redrive_policy_is_shown_changed_and_removed_and_the_HTTP_API_sees_its_count()
    {
        var (dead, other) = (await QueueAsync(), await QueueAsync());
        var url = await QueueAsync(("RedrivePolicy", $$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}","maxReceiveCount":"3"}"""));
        (await AttributeAsync(url)).ShouldBe(Policy(dead, 3));
        (await Http.GetAsync(PathOf(url))).Json["maxDeliveryCount"]!.GetValue<int>().ShouldBe(3);
        await Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = Policy(other, 1000) });
        (await AttributeAsync(url)).ShouldBe(Policy(other, 1000));
        await Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}"}""" });
        (await AttributeAsync(url)).ShouldBe(Policy(dead, 10));
        await Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = "" });
        (await AttributeAsync(url)).ShouldBeNull();
        (await Http.GetAsync(PathOf(url))).Json["maxDeliveryCount"].ShouldBeNull();
    }

    [Fact]
    public async Task A_redrive_policy_that_cannot_be_kept_is_refused()
    {
        var (url, dead, fifo) = (await QueueAsync(), await QueueAsync(), await NewQueueAsync(".fifo"));
        foreach (
            var (policy, reason) in new[]
            {
                ("no JSON", "Redrive policy is not a valid JSON map."),
                ("[]", "Redrive policy is not a valid JSON map."),
                ("""{"maxReceiveCount":3}""", "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."),
                ("""{"deadLetterTargetArn":"dummy","maxReceiveCount":42}""", "Invalid value for deadLetterTargetArn."),
                ("""{"deadLetterTargetArn":"\ud800","maxReceiveCount":42}""", "Redrive policy is not a valid JSON map."),
                (
                    $$"""{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111111111111:{{NameOf(dead)}}","maxReceiveCount":3}""",
                    "Invalid value for deadLetterTargetArn. The account of the queues here is 000000000000 (setting "
                        + "FuncQueueSqs__AccountId), not 111111111111."
                ),
                (Policy(dead, 0), "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive."),
                (Policy(dead, 1001), "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive."),
                (
                    $$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}","maxReceiveCount":true}""",
                    "Invalid value for maxReceiveCount: true, valid values are from 1 to 1000 both inclusive."
                ),
                (Policy(dead + "-none", 3), "Dead letter target does not exist."),
                (Policy(fifo, 3), "Dead-letter queue must be same type of queue as the source."),
            }
        )
        {
            (await IsInvalidAsync(() => Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = policy }))).Message.ShouldEndWith(
                "Reason: " + reason
            );
        }

        await IsInvalidAsync(() => QueueAsync(("RedrivePolicy", Policy(dead + "-none", 3))));
        (await AttributeAsync(url)).ShouldBeNull();
    }

    [Fact]
    public async Task A_dead_letter_queue_says_who_may_use_it()
    {
        var (friend, stranger) = (await QueueAsync(), await QueueAsync());
        var dead = await QueueAsync(
            ("RedriveAllowPolicy", $$"""{"redrivePermission":"byQueue","sourceQueueArns":["{{ArnOf(friend)}}"]}""")
        );
        await Sqs.SetQueueAttributesAsync(friend, new() { ["RedrivePolicy"] = Policy(dead, 3) });
        await IsInvalidAsync(() => Sqs.SetQueueAttributesAsync(stranger, new() { ["RedrivePolicy"] = Policy(dead, 3) }));
        await Sqs.SetQueueAttributesAsync(dead, new() { ["RedriveAllowPolicy"] = """{"redrivePermission":"denyAll"}""" });
        await IsInvalidAsync(() => Sqs.SetQueueAttributesAsync(friend, new() { ["RedrivePolicy"] = Policy(dead, 4) }));
        await Sqs.SetQueueAttributesAsync(dead, new() { ["RedriveAllowPolicy"] = """{"redrivePermission":"allowAll"}""" });
        await Sqs.SetQueueAttributesAsync(stranger, new() { ["RedrivePolicy"] = Policy(dead, 3) });
        await Sqs.SetQueueAttributesAsync(dead, new() { ["RedriveAllowPolicy"] = "" });
        (await Sqs.GetQueueAttributesAsync(dead, ["RedriveAllowPolicy"])).Attributes.ShouldBeNull();
    }

    [Fact]
    public async Task The_sources_of_a_dead_letter_queue_are_listed_in_pages()
    {
        var dead = await QueueAsync();
        (await Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = dead })).QueueUrls.ShouldBeEmpty();
        var sources = new List<string>();
        for (var i = 0; i < 3; i++)
            sources.Add(await QueueAsync(("RedrivePolicy", Policy(dead, 5))));
        (await Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = dead })).QueueUrls.ShouldBe(
            sources,
            ignoreOrder: true
        );
        var first = await Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = dead, MaxResults = 2 });
        var second = await Sqs.ListDeadLetterSourceQueuesAsync(
            new ListDeadLetterSourceQueuesRequest
            {
                QueueUrl = dead,
                MaxResults = 2,
                NextToken = first.NextToken,
            }
        );
        first.QueueUrls.Concat(second.QueueUrls).ShouldBe(sources, ignoreOrder: true);
        second.NextToken.ShouldBeNull();
    }

    private static string Policy(string target, int count) =>
        $$"""{"deadLetterTargetArn":"{{ArnOf(target)}}","maxReceiveCount":{{count}}}""";

    private Task<string> NewQueueAsync(string suffix, params (string, string)[] attributes) =>
        suffix.Length == 0
            ? QueueAsync(attributes)
            : QueueNamedAsync(NewName(suffix), [("FifoQueue", "true"), ("ContentBasedDeduplication", "true"), .. attributes]);

    private async Task<string?> AttributeAsync(string url) =>
        (await Sqs.GetQueueAttributesAsync(url, ["RedrivePolicy"])).Attributes?.GetValueOrDefault("RedrivePolicy");
}
