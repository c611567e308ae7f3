using System.Text;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>What the attributes of a message may say, and how.</summary>
public sealed class AttributeInputTests(AppFixture app) : SqsTest(app)
{
    private SignedHttp Raw => new(Endpoint);

    [Theory]
    [InlineData("*")]
    [InlineData("All")]
    [InlineData(".*")]
    public async Task All_message_attributes_can_be_asked_for_in_three_spellings(string wanted)
    {
        var url = await QueueAsync();
        var sent = await Sqs.SendMessageAsync(
            new SendMessageRequest(url, "x")
            {
                MessageAttributes = new() { ["a"] = Text("1"), ["b.c"] = Text("2") },
            }
        );
        var message = await ReceiveOneAsync(url, r => (r.MessageAttributeNames, r.VisibilityTimeout) = ([wanted], 0));
        message.MessageAttributes.Keys.ShouldBe(["a", "b.c"], ignoreOrder: true);
        message.MD5OfMessageAttributes.ShouldBe(sent.MD5OfMessageAttributes);
        (await Raw.QueryAsync($"Action=ReceiveMessage&QueueUrl={NameOf(url)}&MessageAttributeName.1={Uri.EscapeDataString(wanted)}"))
            .Elements("ReceiveMessageResult", "Message")
            .ShouldHaveSingleItem()
            .Elements()
            .Count(e => e.Name.LocalName == "MessageAttribute")
            .ShouldBe(2);
    }

    [Fact]
    public async Task The_trace_header_of_the_request_is_the_messages_unless_it_names_its_own()
    {
        var name = NameOf(await QueueAsync());
        const string trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
        const string own = "Root=1-67891233-abcdef012345678912345678";
        const string attribute = """{"AWSTraceHeader":{"DataType":"String","StringValue":"Root=1-67891233-abcdef012345678912345678"}}""";
        var traced = new SignedHttp(Endpoint) { Loose = { ["X-Amzn-Trace-Id"] = trace } };
        (await traced.JsonAsync("SendMessage", $$"""{"QueueUrl":"{{name}}","MessageBody":"a"}"""))
            .Json["MD5OfMessageSystemAttributes"]
            .ShouldBeNull();
        (await traced.JsonAsync("SendMessage", $$"""{"QueueUrl":"{{name}}","MessageBody":"b","MessageSystemAttributes":{{attribute}}}"""))
            .Json["MD5OfMessageSystemAttributes"]
            .ShouldNotBeNull();
        (
            await traced.JsonAsync(
                "SendMessageBatch",
                $$"""{"QueueUrl":"{{name}}","Entries":[{"Id":"1","MessageBody":"c"},{"Id":"2","MessageBody":"d","MessageSystemAttributes":{{attribute}}}]}"""
            )
        ).Code.ShouldBeNull();
        (await traced.QueryAsync($"Action=SendMessage&QueueUrl={name}&MessageBody=e")).Code.ShouldBeNull();
        (
            await traced.QueryAsync(
                $"Action=SendMessageBatch&QueueUrl={name}&SendMessageBatchRequestEntry.1.Id=1&SendMessageBatchRequestEntry.1.MessageBody=f"
            )
        ).Code.ShouldBeNull();
        var messages = await ReceiveAsync(name, r => (r.MaxNumberOfMessages, r.MessageSystemAttributeNames) = (10, ["AWSTraceHeader"]));
        messages
            .ToDictionary(m => m.Body, m => m.Attributes["AWSTraceHeader"])
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["a"] = trace,
                    ["b"] = own,
                    ["c"] = trace,
                    ["d"] = own,
                    ["e"] = trace,
                    ["f"] = trace,
                },
                ignoreOrder: true
            );
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("-0.0", true)]
    [InlineData("+5", true)]
    [InlineData(".5", true)]
    [InlineData("5.", true)]
    [InlineData("1e126", true)]
    [InlineData("9.99e125", true)]
    [InlineData("1e-128", true)]
    [InlineData("-1E-128", true)]
    [InlineData("12345678901234567890123456789012345678", true)]
    [InlineData("0012345678901234567890123456789012345678000", true)]
    [InlineData("0.00012345678901234567890123456789012345678", true)]
    [InlineData("123456789012345678901234567890123456789", false)]
    [InlineData("1.23456789012345678901234567890123456789", false)]
    [InlineData("1.1e126", false)]
    [InlineData("1e127", false)]
    [InlineData("1e300", false)]
    [InlineData("1e99999999999", false)]
    [InlineData("1e-129", false)]
    [InlineData("1e-400", false)]
    [InlineData(" 5 ", false)]
    [InlineData("5\n", false)]
    [InlineData("5 ", false)]
    [InlineData("1,000", false)]
    [InlineData("0x10", false)]
    [InlineData("1e", false)]
    [InlineData("e5", false)]
    [InlineData(".", false)]
    [InlineData("-", false)]
    [InlineData("NaN", false)]
    [InlineData("Infinity", false)]
    [InlineData("٣", false)]
    public async Task A_number_has_38_digits_and_the_documented_range_and_is_kept_as_it_is_written(string number, bool good)
    {
        var url = await QueueAsync();
        foreach (var type in new[] { "Number", "Number.mine" })
        {
            var request = new SendMessageRequest(url, "x")
            {
                MessageAttributes = new()
                {
                    ["n"] = new() { DataType = type, StringValue = number },
                },
            };
            if (good)
            {
                await Sqs.SendMessageAsync(request);
                (await ReceiveOneAsync(url, r => r.MessageAttributeNames = ["All"])).MessageAttributes["n"].StringValue.ShouldBe(number);
            }
            else
            {
                await IsInvalidAsync(() => Sqs.SendMessageAsync(request));
            }
        }
    }

    [Theory]
    [InlineData("""{"DataType":"String","StringValue":"x","BinaryValue":""}""", "x")]
    [InlineData("""{"DataType":"Binary","StringValue":"","BinaryValue":"eA=="}""", "x")]
    [InlineData("""{"DataType":"Number","StringValue":"1","BinaryValue":"","StringListValues":[],"BinaryListValues":[]}""", "1")]
    [InlineData("""{"DataType":"String","StringValue":"x","BinaryValue":"eA=="}""", "InvalidParameterValue")]
    [InlineData("""{"DataType":"String","StringValue":"","BinaryValue":""}""", "InvalidParameterValue")]
    [InlineData("""{"DataType":"String","StringValue":"x","StringListValues":["a"]}""", "AWS.SimpleQueueService.UnsupportedOperation")]
    [InlineData(
        """{"DataType":"Binary","BinaryValue":"eA==","BinaryListValues":["eA=="]}""",
        "AWS.SimpleQueueService.UnsupportedOperation"
    )]
    public async Task An_empty_member_beside_one_that_is_filled_is_absent_and_lists_are_not_taken(string attribute, string then)
    {
        var name = NameOf(await QueueAsync());
        var json = JsonNode.Parse(attribute)!;
        var query = string.Concat(
            json.AsObject()
                .SelectMany(member =>
                    member.Value is JsonArray list
                        ? list.Select(
                            (item, i) =>
                                $"&MessageAttribute.1.Value.{member.Key[..^1]}.{i + 1}={Uri.EscapeDataString(item!.GetValue<string>())}"
                        )
                        : [$"&MessageAttribute.1.Value.{member.Key}={Uri.EscapeDataString(member.Value!.GetValue<string>())}"]
                )
        );
        foreach (
            var reply in new[]
            {
                await Raw.JsonAsync(
                    "SendMessage",
                    $$$"""{"QueueUrl":"{{{name}}}","MessageBody":"x","MessageAttributes":{"a":{{{attribute}}}}}"""
                ),
                await Raw.QueryAsync($"Action=SendMessage&QueueUrl={name}&MessageBody=x&MessageAttribute.1.Name=a{query}"),
            }
        )
        {
            if (then.Length > 1)
            {
                reply.Code.ShouldBe(then, reply.Text);
                continue;
            }

            reply.Code.ShouldBeNull(reply.Text);
            var value = (await ReceiveOneAsync(name, r => r.MessageAttributeNames = ["All"])).MessageAttributes["a"];
            (value.StringValue ?? Encoding.UTF8.GetString(value.BinaryValue.ToArray())).ShouldBe(then);
        }
    }

    private static MessageAttributeValue Text(string value) => new() { DataType = "String", StringValue = value };
}
