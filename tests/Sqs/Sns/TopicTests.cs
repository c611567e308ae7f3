namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>Topics of SNS: names, attributes, tags, permissions, lists.</summary>
public sealed class TopicTests(AppFixture app) : SnsTest(app)
{
    [Fact]
    public async Task A_topic_is_made_once_and_what_would_make_it_another_is_refused()
    {
        var name = NewName();
        var arn = await TopicNamedAsync(name, ("DisplayName", "a"));
        arn.ShouldBe("arn:aws:sns:us-east-1:000000000000:" + name);
        (await TopicNamedAsync(name)).ShouldBe(arn);
        (await TopicNamedAsync(name, ("DisplayName", "a"))).ShouldBe(arn);
        ShouldFail(await SnsAsync("CreateTopic", [("Name", name), .. Entries("Attributes", ("DisplayName", "b"))]), "InvalidParameter");
        ShouldFail(
            await SnsAsync("CreateTopic", ("Name", name), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")),
            "InvalidParameter"
        );
        (await Http.GetAsync("/topics/" + name)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no name")]
    [InlineData("a.b")]
    [InlineData("queue.fifo")]
    [InlineData("ü")]
    public async Task A_name_that_is_none_is_refused(string name) =>
        ShouldFail(await SnsAsync("CreateTopic", ("Name", name)), "InvalidParameter");

    [Fact]
    public async Task What_can_be_set_is_kept_and_shown_and_what_cannot_is_refused()
    {
        var topic = await TopicAsync();
        foreach (
            var (name, value) in new[]
            {
                ("DisplayName", "Grüße"),
                ("DeliveryPolicy", """{"http":{}}"""),
                ("KmsMasterKeyId", "alias/aws/sns"),
                ("SignatureVersion", "2"),
                ("TracingConfig", "Active"),
                ("SQSFailureFeedbackRoleArn", "arn:aws:iam::000000000000:role/x"),
                ("Policy", """{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Allow"}]}"""),
            }
        )
        {
            (await SetTopicAsync(topic, name, value)).Code.ShouldBeNull(name);
            (await TopicAttributesAsync(topic))[name].ShouldBe(value);
        }

        foreach (
            var (name, value) in new[]
            {
                ("DisplayName", new string('x', 101)),
                ("DeliveryPolicy", "{"),
                ("SignatureVersion", "3"),
                ("TracingConfig", "Sometimes"),
                ("Policy", "none"),
                ("FifoTopic", "true"),
                ("ContentBasedDeduplication", "true"),
                ("FifoThroughputScope", "Topic"),
                ("ArchivePolicy", """{"MessageRetentionPeriod":"1"}"""),
                ("TopicArn", topic),
                ("Colour", "red"),
                ("", "red"),
            }
        )
            ShouldFail(await SetTopicAsync(topic, name, value), "InvalidParameter");
    }

    [Fact]
    public async Task The_attributes_of_a_FIFO_topic_say_how_far_repeats_are_known()
    {
        var name = NewName(".fifo");
        var topic = await TopicNamedAsync(name, ("FifoTopic", "true"));
        var all = await TopicAttributesAsync(topic);
        (all["FifoTopic"], all["ContentBasedDeduplication"], all["FifoThroughputScope"]).ShouldBe(("true", "false", "Topic"));
        (await SetTopicAsync(topic, "ContentBasedDeduplication", "true")).Code.ShouldBeNull();
        (await SetTopicAsync(topic, "FifoThroughputScope", "MessageGroup")).Code.ShouldBeNull();
        all = await TopicAttributesAsync(topic);
        (all["ContentBasedDeduplication"], all["FifoThroughputScope"]).ShouldBe(("true", "MessageGroup"));
        var spread = await TopicNamedAsync(NewName(".fifo"), ("FifoTopic", "true"), ("FifoThroughputScope", "MessageGroup"));
        (await TopicAttributesAsync(spread))["FifoThroughputScope"].ShouldBe("MessageGroup");
        ShouldFail(await SetTopicAsync(spread, "FifoThroughputScope", "Topic"), "InvalidParameter");
    }

    [Fact]
    public async Task Permissions_are_statements_of_the_policy_until_they_are_removed()
    {
        var topic = await TopicAsync();
        (string, string)[] friend =
        [
            ("TopicArn", topic),
            ("Label", "friend"),
            ("AWSAccountId.member.1", "111111111111"),
            ("ActionName.member.1", "Publish"),
        ];
        (await SnsAsync("AddPermission", friend)).Code.ShouldBeNull();
        JsonNode.Parse((await TopicAttributesAsync(topic))["Policy"])!["Statement"]![1]!["Action"]!
            .GetValue<string>()
            .ShouldBe("SNS:Publish");
        ShouldFail(await SnsAsync("AddPermission", friend), "InvalidParameter");
        ShouldFail(await SnsAsync("AddPermission", friend[..3]), "InvalidParameter");
        (await SnsAsync("RemovePermission", friend[..2])).Code.ShouldBeNull();
        ShouldFail(await SnsAsync("RemovePermission", friend[..2]), "NotFound", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Tags_are_those_of_the_HTTP_API()
    {
        var topic = await TopicAsync();
        (
            await SnsAsync("TagResource", ("ResourceArn", topic), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "ü "))
        ).Code.ShouldBeNull();
        (await Http.GetAsync("/topics/" + topic.Split(':')[^1])).Json["tags"]!["a"]!.GetValue<string>().ShouldBe("ü ");
        (await SnsAsync("ListTagsForResource", ("ResourceArn", topic)))
            .Elements("ListTagsForResourceResult", "Tags", "member")
            .ShouldHaveSingleItem()
            .Value.ShouldBe("aü ");
        (await SnsAsync("UntagResource", ("ResourceArn", topic), ("TagKeys.member.1", "a"))).Code.ShouldBeNull();
        (await SnsAsync("ListTagsForResource", ("ResourceArn", topic)))
            .Elements("ListTagsForResourceResult", "Tags", "member")
            .ShouldBeEmpty();
        var many = Enumerable.Range(1, 51).SelectMany(i => new[] { ($"Tags.member.{i}.Key", $"k{i}"), ($"Tags.member.{i}.Value", "") });
        ShouldFail(await SnsAsync("TagResource", [("ResourceArn", topic), .. many]), "TagLimitExceeded");
        ShouldFail(await SnsAsync("ListTagsForResource", ("ResourceArn", topic + "-none")), "ResourceNotFound", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_not_found_but_can_be_deleted()
    {
        var topic = await TopicAsync();
        (await SnsAsync("DeleteTopic", ("TopicArn", topic))).Code.ShouldBeNull();
        (await SnsAsync("DeleteTopic", ("TopicArn", topic))).Code.ShouldBeNull();
        ShouldFail(await SnsAsync("GetTopicAttributes", ("TopicArn", topic)), "NotFound", HttpStatusCode.NotFound);
        ShouldFail(await SnsAsync("Publish", ("TopicArn", topic), ("Message", "x")), "NotFound", HttpStatusCode.NotFound);
        ShouldFail(await TrySubscribeAsync(topic, await QueueAsync()), "NotFound", HttpStatusCode.NotFound);
        foreach (
            var arn in new[] { "none", "arn:aws:sqs:us-east-1:000000000000:x", "arn:aws:sns:eu-west-1:000000000000:x", topic + ":a:b" }
        )
            ShouldFail(await SnsAsync("GetTopicAttributes", ("TopicArn", arn)), "InvalidParameter");
    }

    [Fact]
    public async Task A_list_longer_than_a_page_is_told_whole()
    {
        // More than one page of topics, whichever others there are.
        var prefix = NewName("-page");
        var names = Enumerable.Range(0, 101).Select(i => $"{prefix}-{i:d3}").ToList();
        foreach (var some in names.Chunk(8))
            await Task.WhenAll(some.Select(n => TopicNamedAsync(n)));
        var found = new List<string>();
        string? token = null;
        do
        {
            var page = await SnsAsync("ListTopics", token is null ? [] : [("NextToken", token)]);
            page.Code.ShouldBeNull();
            var members = page.Elements("ListTopicsResult", "Topics", "member").Select(m => m.Value).ToList();
            members.Count.ShouldBeLessThanOrEqualTo(100);
            found.AddRange(members);
            token = page.Element("ListTopicsResult", "NextToken");
        } while (token is not null);

        found.Where(arn => arn.Contains(prefix, StringComparison.Ordinal)).Select(arn => arn.Split(':')[^1]).ShouldBe(names);
        ShouldFail(await SnsAsync("ListTopics", ("NextToken", "!")), "InvalidParameter");
    }

    private Task<SqsReply> SetTopicAsync(string topic, string name, string value) =>
        SnsAsync("SetTopicAttributes", ("TopicArn", topic), ("AttributeName", name), ("AttributeValue", value));
}
