using System.Security.Cryptography;
using System.Text;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>SendMessage. The SDK compares every digest with what it sent, and throws when one differs.</summary>
public sealed class SendTests(AppFixture app) : SqsTest(app)
{
    public static TheoryData<string> Bodies =>
        [
            "x",
            " ",
            "{\"item\":\"book\"}",
            "<a href=\"?b&c\">'\"</a>",
            "Grüße 👋\t\n\r\r\n",
            "\u0085\u2028\uFFFD",
            new string('€', 20_000),
            new string('y', 1_048_576),
        ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_arrives_as_it_was_sent(string body)
    {
        var url = await QueueAsync();
        var sent = await Sqs.SendMessageAsync(url, body);
        sent.MD5OfMessageBody.ShouldBe(Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(body))));
        sent.MD5OfMessageAttributes.ShouldBeNull();
        sent.SequenceNumber.ShouldBeNull();
        var message = await ReceiveOneAsync(url);
        message.Body.ShouldBe(body);
        message.MD5OfBody.ShouldBe(sent.MD5OfMessageBody);
        message.MessageId.ShouldBe(sent.MessageId);
    }

    [Fact]
    public async Task Attributes_of_every_type_arrive_with_their_types()
    {
        var url = await QueueAsync();
        var attributes = new Dictionary<string, MessageAttributeValue>
        {
            ["Plain.text-1_"] = Text("Grüße\n"),
            ["labelled"] = Text("x", "String.colour"),
            ["number"] = Text("-12.5e3", "Number"),
            ["int"] = Text("0099999999999999999999999999999999999999", "Number.int"),
            ["bytes"] = new() { DataType = "Binary", BinaryValue = new MemoryStream([0, 255, 10, 13]) },
            ["image"] = new() { DataType = "Binary.png", BinaryValue = new MemoryStream([137, 80]) },
        };
        var sent = await Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageAttributes = attributes });
        sent.MD5OfMessageAttributes.ShouldNotBeNull();
        var message = await ReceiveOneAsync(url, r => r.MessageAttributeNames = ["All"]);
        message.MD5OfMessageAttributes.ShouldBe(sent.MD5OfMessageAttributes);
        message.MessageAttributes.Count.ShouldBe(attributes.Count);
        foreach (var (name, value) in attributes)
        {
            var arrived = message.MessageAttributes[name];
            arrived.DataType.ShouldBe(value.DataType);
            arrived.StringValue.ShouldBe(value.StringValue);
            arrived.BinaryValue?.ToArray().ShouldBe(value.BinaryValue?.ToArray());
        }
    }

    [Fact]
    public async Task A_trace_header_is_kept_and_answered_with_its_digest()
    {
        var url = await QueueAsync();
        const string trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        var sent = await Sqs.SendMessageAsync(
            new SendMessageRequest(url, "x")
            {
                MessageSystemAttributes = new()
                {
                    ["AWSTraceHeader"] = new MessageSystemAttributeValue { DataType = "String", StringValue = trace },
                },
            }
        );
        sent.MD5OfMessageSystemAttributes.ShouldNotBeNull();
        var message = await ReceiveOneAsync(
            url,
            r => (r.MessageSystemAttributeNames, r.MessageAttributeNames) = (["AWSTraceHeader"], ["All"])
        );
        message.Attributes.ShouldBe(new Dictionary<string, string> { ["AWSTraceHeader"] = trace });
        message.MessageAttributes.ShouldBeNull();
    }

    [Fact]
    public async Task A_delayed_message_is_not_to_be_had_and_the_queues_delay_holds_for_those_that_ask_for_none()
    {
        var url = await QueueAsync(("DelaySeconds", "900"));
        await Sqs.SendMessageAsync(url, "later");
        await Sqs.SendMessageAsync(new SendMessageRequest(url, "now") { DelaySeconds = 0 });
        (await ReceiveOneAsync(url, r => r.MaxNumberOfMessages = 10)).Body.ShouldBe("now");
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessagesDelayed.ShouldBe(1);
    }

    [Fact]
    public async Task A_delay_that_has_passed_lets_the_message_go()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(new SendMessageRequest(url, "soon") { DelaySeconds = 1 });
        (await ReceiveOneAsync(url)).Body.ShouldBe("soon");
    }

    [Theory]
    [InlineData("\u0001", "#x1")]
    [InlineData("ab\u000Bc", "#xb")]
    [InlineData("\uFFFF", "#xffff")]
    [InlineData("\0", "#x0")]
    public async Task A_character_that_SQS_does_not_take_is_refused_and_named(string body, string named)
    {
        var url = await QueueAsync();
        (
            await FailsAsync<InvalidMessageContentsException>(() => Sqs.SendMessageAsync(url, body), "InvalidMessageContents")
        ).Message.ShouldContain($"'{named}'");
        (
            await IsInvalidAsync(() =>
                Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageAttributes = new() { ["a"] = Text(body) } })
            )
        ).Message.ShouldContain($"'{named}'");
    }

    [Fact]
    public async Task A_message_without_a_body_or_longer_than_the_queue_takes_is_refused()
    {
        var url = await QueueAsync(("MaximumMessageSize", "1024"));
        await FailsAsync(() => Sqs.SendMessageAsync(url, ""), "MissingParameter");
        await Sqs.SendMessageAsync(url, new string('x', 1024));
        (await IsInvalidAsync(() => Sqs.SendMessageAsync(url, new string('x', 1025)))).Message.ShouldEndWith(
            "Message must be shorter than 1024 bytes."
        );
        // Attributes count: name, type and value.
        await Sqs.SendMessageAsync(
            new SendMessageRequest(url, new string('x', 1000)) { MessageAttributes = new() { ["name"] = Text(new string('v', 14)) } }
        );
        await IsInvalidAsync(() =>
            Sqs.SendMessageAsync(
                new SendMessageRequest(url, new string('x', 1000)) { MessageAttributes = new() { ["name"] = Text(new string('v', 15)) } }
            )
        );
        var wide = await QueueAsync();
        await IsInvalidAsync(() => Sqs.SendMessageAsync(wide, new string('x', 1_048_577)));
        await IsInvalidAsync(() => Sqs.SendMessageAsync(wide, new string('€', 349_526)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(901)]
    public async Task A_delay_out_of_range_is_refused(int seconds)
    {
        var url = await QueueAsync();
        (await IsInvalidAsync(() => Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { DelaySeconds = seconds }))).Message.ShouldBe(
            $"Value {seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
        );
    }

    public static TheoryData<string, string?, string?, bool> BadAttributes =>
        new()
        {
            { "", "String", "x", false },
            { "AWS.x", "String", "x", false },
            { "amazon.x", "String", "x", false },
            { ".x", "String", "x", false },
            { "x.", "String", "x", false },
            { "x..y", "String", "x", false },
            { "x y", "String", "x", false },
            { "ä", "String", "x", false },
            { new string('n', 257), "String", "x", false },
            { "x", null, "x", false },
            { "x", "", "x", false },
            { "x", "Text", "x", false },
            { "x", "String", "", false },
            { "x", "String", null, false },
            { "x", "String", null, true },
            { "x", "Number", "one", false },
            { "x", "Number", "", false },
            { "x", "Binary", "x", false },
            { "x", "Binary", null, false },
            { "x", "String." + new string('t', 250), "x", false },
        };

    [Theory]
    [MemberData(nameof(BadAttributes))]
    public async Task An_attribute_outside_the_rules_is_refused(string name, string? type, string? text, bool bytes)
    {
        var url = await QueueAsync();
        var attribute = new MessageAttributeValue
        {
            DataType = type,
            StringValue = text,
            BinaryValue = bytes ? new MemoryStream([1]) : null,
        };
        await IsInvalidAsync(() =>
            Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageAttributes = new() { [name] = attribute } })
        );
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessages.ShouldBe(0);
    }

    [Fact]
    public async Task Ten_attributes_are_taken_and_eleven_are_not()
    {
        var url = await QueueAsync();
        var ten = Enumerable.Range(0, 10).ToDictionary(i => $"a{i}", i => Text("x"));
        await Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageAttributes = ten });
        ten["a10"] = Text("x");
        (await IsInvalidAsync(() => Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageAttributes = ten }))).Message.ShouldBe(
            "Number of message attributes [11] exceeds the allowed maximum [10]."
        );
    }

    [Theory]
    [InlineData("SomethingElse", "String", "x")]
    [InlineData("AWSTraceHeader", "Number", "1")]
    [InlineData("AWSTraceHeader", "String", "")]
    public async Task A_system_attribute_that_is_none_is_refused(string name, string type, string value)
    {
        var url = await QueueAsync();
        await IsInvalidAsync(() =>
            Sqs.SendMessageAsync(
                new SendMessageRequest(url, "x")
                {
                    MessageSystemAttributes = new()
                    {
                        [name] = new MessageSystemAttributeValue { DataType = type, StringValue = value },
                    },
                }
            )
        );
    }

    [Fact]
    public async Task A_standard_queue_takes_a_group_and_no_deduplication_id()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageGroupId = "tenant-1" });
        (await ReceiveOneAsync(url, r => r.MessageSystemAttributeNames = ["MessageGroupId"]))
            .Attributes["MessageGroupId"]
            .ShouldBe("tenant-1");
        await IsInvalidAsync(() => Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageDeduplicationId = "d" }));
        await IsInvalidAsync(() => Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageGroupId = "with space" }));
        await IsInvalidAsync(() => Sqs.SendMessageAsync(new SendMessageRequest(url, "x") { MessageGroupId = new string('g', 129) }));
    }

    private static MessageAttributeValue Text(string value, string type = "String") => new() { DataType = type, StringValue = value };
}
