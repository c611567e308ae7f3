using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>GetQueueAttributes and SetQueueAttributes, and the same attributes of CreateQueue.</summary>
public sealed class AttributeTests(AppFixture app) : SqsTest(app)
{
    [Fact]
    public async Task A_new_queue_has_the_documented_defaults()
    {
        var before = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(1_000_000_000);
        var url = await QueueAsync();
        var attributes = (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes;
        foreach (var timestamp in new[] { "CreatedTimestamp", "LastModifiedTimestamp" })
        {
            long.Parse(attributes[timestamp]).ShouldBeGreaterThan(before.ToUnixTimeSeconds());
            attributes.Remove(timestamp);
        }

        attributes.ShouldBe(
            new Dictionary<string, string>
            {
                ["QueueArn"] = ArnOf(url),
                ["ApproximateNumberOfMessages"] = "0",
                ["ApproximateNumberOfMessagesNotVisible"] = "0",
                ["ApproximateNumberOfMessagesDelayed"] = "0",
                ["VisibilityTimeout"] = "30",
                ["MaximumMessageSize"] = "1048576",
                ["MessageRetentionPeriod"] = "345600",
                ["DelaySeconds"] = "0",
                ["ReceiveMessageWaitTimeSeconds"] = "0",
                ["SqsManagedSseEnabled"] = "true",
            },
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Every_attribute_is_kept_and_shown_whether_set_at_creation_or_later()
    {
        var target = await QueueAsync();
        var wanted = new Dictionary<string, string>
        {
            ["VisibilityTimeout"] = "43200",
            ["MaximumMessageSize"] = "1024",
            ["MessageRetentionPeriod"] = "1209600",
            ["DelaySeconds"] = "900",
            ["ReceiveMessageWaitTimeSeconds"] = "20",
            ["KmsMasterKeyId"] = "alias/aws/sqs",
            ["KmsDataKeyReusePeriodSeconds"] = "86400",
            ["Policy"] =
                """{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}""",
            ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{ArnOf(target)}}","maxReceiveCount":7}""",
            ["RedriveAllowPolicy"] = """{"redrivePermission":"denyAll"}""",
        };
        var created = await QueueAsync([.. wanted.Select(a => (a.Key, a.Value))]);
        var changed = await QueueAsync();
        await Sqs.SetQueueAttributesAsync(changed, wanted);
        foreach (var url in new[] { created, changed })
        {
            var attributes = (await Sqs.GetQueueAttributesAsync(url, [.. wanted.Keys, "SqsManagedSseEnabled"])).Attributes;
            attributes.ShouldBe(new Dictionary<string, string>(wanted) { ["SqsManagedSseEnabled"] = "false" }, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task What_SQS_sets_holds_for_the_HTTP_API_and_the_other_way_round()
    {
        var url = await QueueAsync(("VisibilityTimeout", "5"), ("MessageRetentionPeriod", "600"), ("DelaySeconds", "3"));
        var settings = (await Http.GetAsync(PathOf(url))).Json;
        settings["visibilityTimeoutSeconds"]!.GetValue<int>().ShouldBe(5);
        settings["messageTtlSeconds"]!.GetValue<int>().ShouldBe(600);
        settings["delaySeconds"]!.GetValue<int>().ShouldBe(3);
        settings["maxDeliveryCount"].ShouldBeNull();
        (await Http.PutAsync(PathOf(url), """{"visibilityTimeoutSeconds":9,"shards":2}""")).Status.ShouldBe(HttpStatusCode.OK);
        await Sqs.SetQueueAttributesAsync(url, new() { ["MaximumMessageSize"] = "5000" });
        var attributes = (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes;
        (attributes["VisibilityTimeout"], attributes["DelaySeconds"], attributes["MaximumMessageSize"]).ShouldBe(("9", "3", "5000"));
        (await Http.GetAsync(PathOf(url))).Json["shards"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Attributes_are_shown_by_name_and_none_when_none_is_named()
    {
        var url = await QueueAsync();
        (await Sqs.GetQueueAttributesAsync(url, ["QueueArn", "DelaySeconds"])).Attributes.Keys.ShouldBe(
            ["QueueArn", "DelaySeconds"],
            ignoreOrder: true
        );
        (await Sqs.GetQueueAttributesAsync(url, [])).Attributes.ShouldBeNull();
        (await Sqs.GetQueueAttributesAsync(url, ["FifoQueue", "Policy"])).Attributes.ShouldBeNull();
        await FailsAsync<InvalidAttributeNameException>(() => Sqs.GetQueueAttributesAsync(url, ["Colour"]), "InvalidAttributeName");
    }

    [Fact]
    public async Task Counts_tell_visible_hidden_and_delayed_messages_apart()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageBatchAsync(url, [new("a", "1"), new("b", "2"), new("c", "3"), new("d", "4") { DelaySeconds = 900 }]);
        await ReceiveAsync(url, r => r.MaxNumberOfMessages = 1);
        var counts = await Sqs.GetQueueAttributesAsync(
            url,
            ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        );
        (
            counts.ApproximateNumberOfMessages,
            counts.ApproximateNumberOfMessagesNotVisible,
            counts.ApproximateNumberOfMessagesDelayed
        ).ShouldBe((2, 1, 1));
    }

    [Theory]
    [InlineData("DelaySeconds", "-1")]
    [InlineData("DelaySeconds", "901")]
    [InlineData("DelaySeconds", "1.5")]
    [InlineData("DelaySeconds", "soon")]
    [InlineData("VisibilityTimeout", "43201")]
    [InlineData("MessageRetentionPeriod", "59")]
    [InlineData("MessageRetentionPeriod", "1209601")]
    [InlineData("MaximumMessageSize", "1023")]
    [InlineData("MaximumMessageSize", "1048577")]
    [InlineData("ReceiveMessageWaitTimeSeconds", "21")]
    [InlineData("KmsDataKeyReusePeriodSeconds", "59")]
    [InlineData("KmsDataKeyReusePeriodSeconds", "86401")]
    [InlineData("SqsManagedSseEnabled", "yes")]
    [InlineData("Policy", "{}")]
    [InlineData("Policy", "nobody")]
    [InlineData("Policy", """{"Statement":[{"Sid":"\ud800"}]}""")]
    [InlineData("RedriveAllowPolicy", """{"redrivePermission":"some"}""")]
    [InlineData("RedriveAllowPolicy", """{"redrivePermission":"byQueue"}""")]
    [InlineData("RedriveAllowPolicy", """{"redrivePermission":"byQueue","sourceQueueArns":["none"]}""")]
    [InlineData("RedriveAllowPolicy", """{"redrivePermission":"allowAll","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:a"]}""")]
    public async Task A_value_out_of_range_is_refused_at_creation_and_later(string name, string value)
    {
        var url = await QueueAsync();
        await FailsAsync<InvalidAttributeValueException>(
            () => Sqs.SetQueueAttributesAsync(url, new() { [name] = value }),
            "InvalidAttributeValue"
        );
        await FailsAsync<InvalidAttributeValueException>(() => QueueAsync((name, value)), "InvalidAttributeValue");
    }

    [Theory]
    [InlineData("Colour")]
    [InlineData("QueueArn")]
    [InlineData("ApproximateNumberOfMessages")]
    [InlineData("FifoQueue")]
    [InlineData("ContentBasedDeduplication")]
    [InlineData("DeduplicationScope")]
    [InlineData("FifoThroughputLimit")]
    public async Task An_attribute_that_a_standard_queue_cannot_be_given_is_refused(string name)
    {
        var url = await QueueAsync();
        await FailsAsync<InvalidAttributeNameException>(
            () => Sqs.SetQueueAttributesAsync(url, new() { [name] = "true" }),
            "InvalidAttributeName"
        );
    }

    [Fact]
    public async Task Nothing_is_set_when_one_of_several_is_refused()
    {
        var url = await QueueAsync();
        await FailsAsync<InvalidAttributeValueException>(
            () => Sqs.SetQueueAttributesAsync(url, new() { ["DelaySeconds"] = "5", ["VisibilityTimeout"] = "-1" }),
            "InvalidAttributeValue"
        );
        (await Sqs.GetQueueAttributesAsync(url, ["DelaySeconds"])).DelaySeconds.ShouldBe(0);
        await FailsAsync(() => Sqs.SetQueueAttributesAsync(new SetQueueAttributesRequest { QueueUrl = url }), "MissingParameter");
    }

    [Fact]
    public async Task One_kind_of_encryption_ends_the_other_and_both_at_once_are_refused()
    {
        var url = await QueueAsync(("KmsMasterKeyId", "key"));
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes["KmsDataKeyReusePeriodSeconds"].ShouldBe("300");
        await Sqs.SetQueueAttributesAsync(url, new() { ["SqsManagedSseEnabled"] = "true" });
        (await Sqs.GetQueueAttributesAsync(url, ["KmsMasterKeyId", "SqsManagedSseEnabled"])).Attributes.ShouldBe(
            new Dictionary<string, string> { ["SqsManagedSseEnabled"] = "true" }
        );
        await FailsAsync<InvalidAttributeNameException>(
            () => Sqs.SetQueueAttributesAsync(url, new() { ["SqsManagedSseEnabled"] = "true", ["KmsMasterKeyId"] = "key" }),
            "InvalidAttributeName"
        );
        await Sqs.SetQueueAttributesAsync(url, new() { ["KmsMasterKeyId"] = "key" });
        await Sqs.SetQueueAttributesAsync(url, new() { ["KmsMasterKeyId"] = "" });
        (await Sqs.GetQueueAttributesAsync(url, ["KmsMasterKeyId"])).Attributes.ShouldBeNull();
    }

    [Fact]
    public async Task Changes_made_at_once_are_all_kept()
    {
        var url = await QueueAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(i =>
                    Sqs.TagQueueAsync(
                        new TagQueueRequest
                        {
                            QueueUrl = url,
                            Tags = new() { [$"t{i}"] = $"{i}" },
                        }
                    )
                )
        );
        (await Sqs.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = url })).Tags.Count.ShouldBe(10);
    }
}
