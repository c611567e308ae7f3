using System.Text;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>One queue, two APIs: what is sent by either can be received and acknowledged by the other.</summary>
public sealed class InteroperationTests(AppFixture app) : SqsTest(app)
{
    [Fact]
    public async Task A_message_sent_over_SQS_is_received_and_acked_over_HTTP()
    {
        var url = await QueueAsync();
        var sent = await Sqs.SendMessageAsync(
            new SendMessageRequest(url, "Grüße")
            {
                MessageAttributes = new()
                {
                    ["text"] = new() { DataType = "String", StringValue = "x" },
                    ["number"] = new() { DataType = "Number", StringValue = "17" },
                    ["bytes"] = new() { DataType = "Binary", BinaryValue = new MemoryStream([0, 255]) },
                },
            }
        );
        var message = (await Http.DequeueAsync(PathOf(url), "?waitSeconds=20"))[0]!;
        message["messageId"]!.GetValue<string>().ShouldBe(sent.MessageId);
        message["body"]!.GetValue<string>().ShouldBe("Grüße");
        message["contentType"]!.GetValue<string>().ShouldBe("text/plain; charset=utf-8");
        message["attributes"]!
            .AsObject()
            .Where(a => !a.Key.StartsWith("AWS.", StringComparison.Ordinal))
            .ToDictionary(a => a.Key, a => a.Value!.GetValue<string>())
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["text"] = "x",
                    ["number"] = "17",
                    ["bytes"] = "AP8=",
                },
                ignoreOrder: true
            );
        (await Http.SettleAsync(PathOf(url), "ack", message)).ShouldBe("ok");
        (await ReceiveAsync(url, r => r.WaitTimeSeconds = 0)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_sent_over_HTTP_is_received_and_deleted_over_SQS()
    {
        var url = await QueueAsync();
        var id = await Http.EnqueueAsync(
            PathOf(url),
            "{\"item\":\"book\"}"u8.ToArray(),
            "application/json",
            ("x-attribute-customer", "17"),
            ("x-attribute-empty", "")
        );
        var message = await ReceiveOneAsync(url, r => (r.MessageAttributeNames, r.MessageSystemAttributeNames) = (["All"], ["All"]));
        (message.MessageId, message.Body).ShouldBe((id, "{\"item\":\"book\"}"));
        message.MessageAttributes.Keys.ShouldBe(["customer"]);
        (message.MessageAttributes["customer"].DataType, message.MessageAttributes["customer"].StringValue).ShouldBe(("String", "17"));
        message.Attributes["SenderId"].ShouldBe("000000000000");
        await Sqs.DeleteMessageAsync(url, message.ReceiptHandle);
        (await Http.CountsAsync(PathOf(url))).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    [Fact]
    public async Task A_queue_made_over_HTTP_is_used_over_SQS_and_receipts_are_the_same_in_both()
    {
        var path = await Http.QueueAsync("""{"maxDeliveryCount":2,"messageTtlSeconds":null}""");
        var url = (await Sqs.GetQueueUrlAsync(path["/queues/".Length..])).QueueUrl;
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes.ContainsKey("MessageRetentionPeriod").ShouldBeFalse();
        await Sqs.SendMessageBatchAsync(url, [new("a", "1"), new("b", "2")]);
        var first = (await Http.DequeueAsync(path, "?waitSeconds=20"))[0]!;
        await Sqs.DeleteMessageAsync(url, first["receipt"]!.GetValue<string>());
        var second = await ReceiveOneAsync(url);
        var acked = await Http.PostAsync(path + "/messages/ack", $$"""{"receipts":["{{second.ReceiptHandle}}"]}""");
        acked.Json["results"]![0]!["status"]!.GetValue<string>().ShouldBe("ok");
        (await Http.CountsAsync(path)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    public static TheoryData<string, string> Unprintable =>
        new()
        {
            { "00ff", "base64" },
            { "c328", "base64" },
            { "01", "base64" },
            { "efbfbe", "base64" },
        };

    [Theory]
    [MemberData(nameof(Unprintable))]
    public async Task A_body_that_SQS_cannot_show_comes_in_base64_and_says_so(string hex, string encoding)
    {
        var url = await QueueAsync();
        await Http.EnqueueAsync(PathOf(url), Convert.FromHexString(hex), "image/png");
        var message = await ReceiveOneAsync(url, r => r.MessageAttributeNames = ["All"]);
        message.Body.ShouldBe(Convert.ToBase64String(Convert.FromHexString(hex)));
        message.MessageAttributes["FuncQueue.BodyEncoding"].StringValue.ShouldBe(encoding);
    }

    [Fact]
    public async Task A_body_longer_than_SQS_knows_comes_as_the_address_to_read_it_from()
    {
        var url = await QueueAsync();
        var body = new byte[1_048_577];
        new Random(5).NextBytes(body);
        await Http.EnqueueAsync(PathOf(url), body, "image/png");
        var message = await ReceiveOneAsync(url, r => r.MessageAttributeNames = ["All"]);
        message.MessageAttributes["FuncQueue.BodyEncoding"].StringValue.ShouldBe("url");
        (await Http.SendAsync(HttpMethod.Get, message.Body)).Bytes.AsSpan().SequenceEqual(body).ShouldBeTrue();
        await Sqs.DeleteMessageAsync(url, message.ReceiptHandle);
    }

    [Fact]
    public async Task Attributes_that_SQS_cannot_show_as_text_come_as_bytes_in_both_protocols()
    {
        var url = await QueueAsync();
        var answer = await Http.PostAsync(
            PathOf(url) + "/messages/batch",
            """
            {"messages":[{"body":"x","attributes":{"control":"a\u0001","Größe":"ü","ctl\u0002name":"v","AWS.DataTypes":"[1]","AWS.TraceHeader":"t\u0000"}}]}
            """
        );
        answer.Json["results"]![0]!["messageId"].ShouldNotBeNull(answer.Text);
        var message = await ReceiveOneAsync(
            url,
            r => (r.MessageAttributeNames, r.MessageSystemAttributeNames, r.VisibilityTimeout) = (["All"], ["All"], 0)
        );
        message.MessageAttributes.Keys.ShouldBe(["control", "Größe"], ignoreOrder: true);
        Encoding.UTF8.GetString(message.MessageAttributes["control"].BinaryValue.ToArray()).ShouldBe("a\u0001");
        message.MessageAttributes["Größe"].StringValue.ShouldBe("ü");
        var xml = await new SignedHttp(Endpoint).QueryAsync(
            $"Action=ReceiveMessage&QueueUrl={url}&WaitTimeSeconds=20&AttributeName.1=All&MessageAttributeName.1=All"
        );
        xml.Elements("ReceiveMessageResult", "Message").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_FIFO_queue_keeps_one_order_for_both()
    {
        var url = await QueueNamedAsync(NewName(".fifo"), ("FifoQueue", "true"));
        await Sqs.SendMessageAsync(new SendMessageRequest(url, "1") { MessageGroupId = "g", MessageDeduplicationId = "d1" });
        (
            await Http.SendAsync(HttpMethod.Post, PathOf(url) + "/messages?groupId=g&deduplicationId=d2", new StringContent("2"))
        ).Status.ShouldBe(HttpStatusCode.Created);
        (await Http.SendAsync(HttpMethod.Post, PathOf(url) + "/messages?groupId=g&deduplicationId=d1", new StringContent("1"))).Json[
            "duplicate"
        ]!
            .GetValue<bool>()
            .ShouldBeTrue();
        await Sqs.SendMessageAsync(new SendMessageRequest(url, "3") { MessageGroupId = "g", MessageDeduplicationId = "d3" });
        (await Http.DequeueAsync(PathOf(url), "?maxMessages=10&waitSeconds=20"))
            .Select(m => m!["body"]!.GetValue<string>())
            .ShouldBe(["1", "2", "3"]);
    }
}
