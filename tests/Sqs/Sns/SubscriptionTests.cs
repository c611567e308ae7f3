namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>Subscriptions of SNS: made once for a queue, with attributes that change what is delivered and how.</summary>
public sealed class SubscriptionTests(AppFixture app) : SnsTest(app)
{
    [Fact]
    public async Task A_queue_is_subscribed_once_and_another_subscription_of_it_is_refused()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        var arn = await SubscribeAsync(topic, queue, ("FilterPolicy", """{"a":["b"]}"""));
        arn.ShouldStartWith(topic + ":");
        (await SubscribeAsync(topic, queue)).ShouldBe(arn);
        (await SubscribeAsync(topic, queue, ("FilterPolicy", """ { "a" : [ "b" ] } """))).ShouldBe(arn);
        ShouldFail(await TrySubscribeAsync(topic, queue, ("FilterPolicy", """{"a":["c"]}""")), "InvalidParameter");
        ShouldFail(await TrySubscribeAsync(topic, queue, ("RawMessageDelivery", "true")), "InvalidParameter");
        (await SnsAsync("Unsubscribe", ("SubscriptionArn", arn))).Code.ShouldBeNull();
        ShouldFail(await SnsAsync("Unsubscribe", ("SubscriptionArn", arn)), "NotFound", HttpStatusCode.NotFound);
        (await SubscribeAsync(topic, queue, ("RawMessageDelivery", "true"))).ShouldNotBe(arn);
    }

    [Fact]
    public async Task Of_those_who_subscribe_a_queue_at_once_all_are_told_of_one_subscription()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        var arns = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SubscribeAsync(topic, queue)));
        arns.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_is_set_is_shown_and_what_cannot_be_set_is_refused()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        var arn = await SubscribeAsync(topic, queue);
        var all = await SubscriptionAttributesAsync(arn);
        (all["TopicArn"], all["Endpoint"], all["Protocol"]).ShouldBe((topic, ArnOf(queue), "sqs"));
        (all["RawMessageDelivery"], all["PendingConfirmation"], all["Owner"]).ShouldBe(("false", "false", "000000000000"));
        all.ContainsKey("FilterPolicy").ShouldBeFalse();
        (await SetAsync(arn, "FilterPolicyScope", "MessageBody")).Code.ShouldBeNull();
        (await SetAsync(arn, "FilterPolicy", """{"a":{"b":["c"]}}""")).Code.ShouldBeNull();
        (await SetAsync(arn, "RawMessageDelivery", "TRUE")).Code.ShouldBeNull();
        (await SetAsync(arn, "RedrivePolicy", $$"""{"deadLetterTargetArn":"{{ArnOf(queue)}}"}""")).Code.ShouldBeNull();
        all = await SubscriptionAttributesAsync(arn);
        (all["FilterPolicy"], all["FilterPolicyScope"], all["RawMessageDelivery"]).ShouldBe(
            ("""{"a":{"b":["c"]}}""", "MessageBody", "true")
        );
        all["RedrivePolicy"].ShouldContain("deadLetterTargetArn");
        // What does not concern the policy leaves it alone; an empty one takes it away.
        (await SetAsync(arn, "RedrivePolicy", "")).Code.ShouldBeNull();
        all = await SubscriptionAttributesAsync(arn);
        (all.ContainsKey("RedrivePolicy"), all["FilterPolicy"]).ShouldBe((false, """{"a":{"b":["c"]}}"""));
        (await SetAsync(arn, "FilterPolicy", "{}")).Code.ShouldBeNull();
        all = await SubscriptionAttributesAsync(arn);
        (all.ContainsKey("FilterPolicy"), all["FilterPolicyScope"]).ShouldBe((false, "MessageBody"));
        foreach (
            var (name, value) in new[]
            {
                ("FilterPolicy", "{"),
                ("FilterPolicy", "[]"),
                ("FilterPolicy", """{"a":"b"}"""),
                ("FilterPolicy", """{"a":[{"between":1}]}"""),
                ("FilterPolicyScope", "Everything"),
                ("RawMessageDelivery", "perhaps"),
                ("RedrivePolicy", "{}"),
                ("RedrivePolicy", """{"deadLetterTargetArn":"none"}"""),
                ("DeliveryPolicy", "["),
                ("SubscriptionRoleArn", "x"),
                ("Colour", "red"),
                ("", ""),
            }
        )
            ShouldFail(await SetAsync(arn, name, value), "InvalidParameter");
    }

    [Theory]
    [InlineData("https")]
    [InlineData("email")]
    [InlineData("sms")]
    [InlineData("lambda")]
    [InlineData("firehose")]
    [InlineData("application")]
    public async Task Protocols_that_are_not_served_are_refused_by_name(string protocol)
    {
        var topic = await TopicAsync();
        var reply = await SnsAsync("Subscribe", ("TopicArn", topic), ("Protocol", protocol), ("Endpoint", "x"));
        ShouldFail(reply, "InvalidParameter");
        reply.Element("Error", "Message").ShouldNotBeNull().ShouldContain($"protocol {protocol} ");
    }

    [Fact]
    public async Task What_cannot_be_subscribed_is_refused()
    {
        var topic = await TopicAsync();
        foreach (var endpoint in new[] { "", "none", ArnOf("/" + NewName("-none")), "arn:aws:sqs:eu-west-1:000000000000:x" })
            ShouldFail(await SnsAsync("Subscribe", ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", endpoint)), "InvalidParameter");
        ShouldFail(await SnsAsync("Subscribe", ("TopicArn", topic), ("Endpoint", ArnOf(await QueueAsync()))), "InvalidParameter");
        var fifo = await QueueNamedAsync(NewName(".fifo"), ("FifoQueue", "true"));
        ShouldFail(await TrySubscribeAsync(topic, fifo), "InvalidParameter");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("")]
    [InlineData("arn:aws:sns:us-east-1:000000000000:topic-alone")]
    [InlineData("arn:aws:sns:us-east-1:000000000000:topic:sub:more")]
    [InlineData("arn:aws:sqs:us-east-1:000000000000:topic:sub")]
    public async Task What_is_no_ARN_of_a_subscription_is_refused(string arn)
    {
        ShouldFail(await SnsAsync("GetSubscriptionAttributes", ("SubscriptionArn", arn)), "InvalidParameter");
        ShouldFail(await SnsAsync("Unsubscribe", ("SubscriptionArn", arn)), "InvalidParameter");
        ShouldFail(await SetAsync(arn, "RawMessageDelivery", "true"), "InvalidParameter");
    }

    [Fact]
    public async Task Subscriptions_made_over_HTTP_are_listed_and_deliver_raw()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        var name = topic.Split(':')[^1];
        (await Http.PutAsync($"/topics/{name}/subscriptions/mine", $$"""{"queue":"{{NameOf(queue)}}"}""")).Status.ShouldBe(
            HttpStatusCode.Created
        );
        (await SnsAsync("ListSubscriptionsByTopic", ("TopicArn", topic)))
            .Elements("ListSubscriptionsByTopicResult", "Subscriptions", "member")
            .ShouldHaveSingleItem()
            .Elements()
            .First()
            .Value.ShouldBe(topic + ":mine");
        (await SnsAsync("ListSubscriptions")).Code.ShouldBeNull();
        (await SubscriptionAttributesAsync(topic + ":mine"))["RawMessageDelivery"].ShouldBe("true");
        await PublishAsync(topic, "raw");
        (await ReceiveOneAsync(queue)).Body.ShouldBe("raw");
    }
}
