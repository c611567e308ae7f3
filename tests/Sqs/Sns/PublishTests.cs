namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>What can be published, and what is said of the rest.</summary>
public sealed class PublishTests(AppFixture app) : SnsTest(app)
{
    [Theory]
    [InlineData("Message", "")]
    [InlineData("Message", "\u0001")]
    [InlineData("Subject", "")]
    [InlineData("Subject", "two\nlines")]
    [InlineData("Subject", "ü")]
    [InlineData("MessageStructure", "xml")]
    [InlineData("MessageStructure", "json")]
    [InlineData("MessageDeduplicationId", "d")]
    [InlineData("MessageGroupId", "with space")]
    [InlineData("TopicArn", "none")]
    public async Task A_parameter_that_is_wrong_is_refused(string name, string value)
    {
        var parameters = new Dictionary<string, string>
        {
            ["TopicArn"] = await TopicAsync(),
            ["Message"] = "x",
            [name] = value,
        };
        ShouldFail(await SnsAsync("Publish", [.. parameters.Select(p => (p.Key, p.Value))]), "InvalidParameter");
    }

    [Theory]
    [InlineData("a", "Colour", "x")]
    [InlineData("a", "Number", "x")]
    [InlineData("a", "String", "")]
    [InlineData("a", "String.Array", "[")]
    [InlineData("a b", "String", "x")]
    [InlineData("AWS.x", "String", "x")]
    public async Task An_attribute_that_is_wrong_is_refused(string name, string type, string text) =>
        ShouldFail(
            await SnsAsync("Publish", [("TopicArn", await TopicAsync()), ("Message", "x"), .. MessageAttributes((name, type, text))]),
            "ParameterValueInvalid"
        );

    [Theory]
    [InlineData("""{"default":"d","sqs":"q"}""", "q")]
    [InlineData("""{"default":"d","email":"e"}""", "d")]
    [InlineData("""{"default":"d","sqs":7}""", "d")]
    public async Task Of_a_message_with_a_structure_queues_get_their_own(string message, string expected)
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        await SubscribeAsync(topic, queue, ("RawMessageDelivery", "true"));
        await PublishAsync(topic, message, ("MessageStructure", "json"));
        (await ReceiveOneAsync(queue)).Body.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"sqs":"q"}""")]
    [InlineData("""{"default":7}""")]
    [InlineData("[]")]
    public async Task A_structure_without_a_default_is_refused(string message) =>
        ShouldFail(
            await SnsAsync("Publish", ("TopicArn", await TopicAsync()), ("Message", message), ("MessageStructure", "json")),
            "InvalidParameter"
        );

    [Fact]
    public async Task A_message_is_as_long_as_documented_and_no_longer()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        await SubscribeAsync(topic, queue);
        var longest = new string('x', 256 * 1024);
        await PublishAsync(topic, longest);
        JsonNode.Parse((await ReceiveOneAsync(queue)).Body)!["Message"]!.GetValue<string>().ShouldBe(longest);
        ShouldFail(await SnsAsync("Publish", ("TopicArn", topic), ("Message", longest + "x")), "InvalidParameter");
        (string, string)[] entries =
        [
            ("TopicArn", topic),
            .. Enumerable
                .Range(1, 2)
                .SelectMany(i =>
                    new[]
                    {
                        ($"PublishBatchRequestEntries.member.{i}.Id", $"m{i}"),
                        ($"PublishBatchRequestEntries.member.{i}.Message", longest[..(longest.Length / 2 + 1)]),
                    }
                ),
        ];
        ShouldFail(await SnsAsync("PublishBatch", entries), "BatchRequestTooLong");
    }

    [Theory]
    [InlineData("EmptyBatchRequest")]
    [InlineData("InvalidBatchEntryId", "a b")]
    [InlineData("InvalidBatchEntryId", "")]
    [InlineData("BatchEntryIdsNotDistinct", "a", "a")]
    [InlineData("TooManyEntriesInBatchRequest", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11")]
    public async Task A_batch_of_none_or_more_than_ten_or_with_bad_ids_is_refused_whole(string code, params string[] ids)
    {
        var entries = ids.SelectMany(
            (id, i) =>
                new[] { ($"PublishBatchRequestEntries.member.{i + 1}.Id", id), ($"PublishBatchRequestEntries.member.{i + 1}.Message", "x") }
        );
        ShouldFail(await SnsAsync("PublishBatch", [("TopicArn", await TopicAsync()), .. entries]), code);
    }

    [Fact]
    public async Task A_FIFO_topic_needs_a_group_and_an_id_or_content_to_make_one_of()
    {
        var topic = await TopicNamedAsync(NewName(".fifo"), ("FifoTopic", "true"));
        ShouldFail(await SnsAsync("Publish", ("TopicArn", topic), ("Message", "x")), "InvalidParameter");
        ShouldFail(await SnsAsync("Publish", ("TopicArn", topic), ("Message", "x"), ("MessageGroupId", "g")), "InvalidParameter");
        await PublishAsync(topic, "x", ("MessageGroupId", "g"), ("MessageDeduplicationId", "d"));
    }

    [Fact]
    public async Task A_group_of_a_standard_topic_is_the_group_in_the_queue()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        await SubscribeAsync(topic, queue, ("RawMessageDelivery", "true"));
        await PublishAsync(topic, "x", ("MessageGroupId", "tenant-7"));
        (await ReceiveOneAsync(queue, r => r.MessageSystemAttributeNames = ["All"])).Attributes["MessageGroupId"].ShouldBe("tenant-7");
    }
}
