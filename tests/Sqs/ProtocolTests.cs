namespace FuncQueue.Sqs.Tests;

/// <summary>What is on the wire: answers and errors of each protocol, as documented, and requests that no SDK sends.</summary>
public sealed class ProtocolTests(AppFixture app) : SqsTest(app)
{
    private const string Form = "application/x-www-form-urlencoded";

    private SignedHttp Raw => new(Endpoint);

    [Fact]
    public async Task Every_action_that_the_SDK_knows_is_known_in_both_protocols()
    {
        var actions = typeof(Amazon.SQS.IAmazonSQS)
            .GetMethods()
            .Where(m =>
                m.Name.EndsWith("Async", StringComparison.Ordinal) && m.GetParameters()[0].ParameterType.Name == m.Name[..^5] + "Request"
            )
            .Select(m => m.Name[..^5])
            .Distinct()
            .ToList();
        actions.Count.ShouldBeGreaterThanOrEqualTo(23);
        foreach (var action in actions)
        {
            var json = await Raw.JsonAsync(action, "{}");
            (json.Code is null ? "" : json.Type).ShouldNotBe("UnknownOperationException", action);
            (await Raw.QueryAsync("Action=" + action)).Code.ShouldNotBe("InvalidAction", action);
        }
    }

    [Fact]
    public async Task An_error_of_the_JSON_protocol_has_type_message_and_the_header_for_older_code()
    {
        var reply = await Raw.JsonAsync("GetQueueUrl", """{"QueueName":"none"}""");
        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        reply.MediaType.ShouldBe("application/x-amz-json-1.0");
        reply.QueryError.ShouldBe("AWS.SimpleQueueService.NonExistentQueue;Sender");
        JsonNode
            .DeepEquals(
                reply.Json,
                JsonNode.Parse("""{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}""")
            )
            .ShouldBeTrue(reply.Text);
    }

    [Fact]
    public async Task An_error_of_the_Query_protocol_has_type_code_message_and_request_id()
    {
        var reply = await Raw.QueryAsync("Action=GetQueueUrl&QueueName=none&Version=2012-11-05");
        (reply.Status, reply.MediaType).ShouldBe((HttpStatusCode.BadRequest, "text/xml"));
        reply.Text.ShouldBe(
            """<?xml version="1.0" encoding="utf-8"?>"""
                + """<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type>"""
                + "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
                + "<Message>The specified queue does not exist for this wsdl version.</Message><Detail />"
                + $"</Error><RequestId>{reply.RequestId}</RequestId></ErrorResponse>"
        );
    }

    [Fact]
    public async Task Answers_of_the_Query_protocol_are_the_documented_XML()
    {
        var name = NewName();
        var created = await Raw.QueryAsync(
            $"Action=CreateQueue&QueueName={name}&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=40&Tag.1.Key=a+b&Tag.1.Value=%C3%BC&Version=2012-11-05"
        );
        created.Text.ShouldBe(
            """<?xml version="1.0" encoding="utf-8"?>"""
                + """<CreateQueueResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">"""
                + $"<CreateQueueResult><QueueUrl>{App.App.Address}/000000000000/{name}</QueueUrl>"
                + $"</CreateQueueResult><ResponseMetadata><RequestId>{created.RequestId}</RequestId></ResponseMetadata></CreateQueueResponse>"
        );
        (await Raw.QueryAsync($"Action=ListQueueTags&QueueUrl={Endpoint}/000000000000/{name}"))
            .Elements("ListQueueTagsResult", "Tag")
            .ShouldHaveSingleItem()
            .Value.ShouldBe("a bü");
        // Sent to the queue's own URL, as clients of old do.
        var path = $"/000000000000/{name}";
        var sent = await Raw.SendAsync(
            HttpMethod.Post,
            path,
            "Action=SendMessage&MessageBody=a%26b%3Cc%0D%0A&MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=AP8%3D",
            Form
        );
        sent.Element("SendMessageResult", "MD5OfMessageBody")
            .ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("a&b<c\r\n"u8)));
        var received = await Raw.SendAsync(
            HttpMethod.Get,
            path + "?Action=ReceiveMessage&AttributeName=All&MessageAttributeName.1=n&MaxNumberOfMessages=10&WaitTimeSeconds=20",
            "",
            "text/plain"
        );
        var message = received.Elements("ReceiveMessageResult", "Message").ShouldHaveSingleItem();
        message
            .Elements()
            .Select(e => e.Name.LocalName)
            .ShouldBe([
                "MessageId",
                "ReceiptHandle",
                "MD5OfBody",
                "Body",
                "Attribute",
                "Attribute",
                "Attribute",
                "Attribute",
                "MD5OfMessageAttributes",
                "MessageAttribute",
            ]);
        message.Elements().Single(e => e.Name.LocalName == "Body").Value.ShouldBe("a&b<c\r\n");
        message.Elements().Single(e => e.Name.LocalName == "MessageAttribute").Value.ShouldBe("nAP8=Binary");
    }

    [Fact]
    public async Task Successes_and_failures_of_a_batch_stand_beside_each_other_in_the_Query_protocol()
    {
        var url = await QueueAsync(("VisibilityTimeout", "40"));
        var path = "/000000000000/" + NameOf(url);
        await Sqs.SendMessageAsync(url, "x");
        var receipt = (await ReceiveOneAsync(url)).ReceiptHandle;
        var deleted = await Raw.SendAsync(
            HttpMethod.Post,
            path,
            $"Action=DeleteMessageBatch&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle={receipt}&DeleteMessageBatchRequestEntry.2.Id=b&DeleteMessageBatchRequestEntry.2.ReceiptHandle=x",
            Form
        );
        deleted.Elements("DeleteMessageBatchResult", "DeleteMessageBatchResultEntry").ShouldHaveSingleItem().Value.ShouldBe("a");
        deleted
            .Elements("DeleteMessageBatchResult", "BatchResultErrorEntry")
            .ShouldHaveSingleItem()
            .Value.ShouldBe("btrueReceiptHandleIsInvalidThe input receipt handle is invalid.");
        var attributes = await Raw.SendAsync(
            HttpMethod.Post,
            path,
            "Action=GetQueueAttributes&AttributeName.1=VisibilityTimeout&AttributeName.2=DelaySeconds",
            Form
        );
        attributes
            .Elements("GetQueueAttributesResult", "Attribute")
            .Select(a => a.Value)
            .ShouldBe(["VisibilityTimeout40", "DelaySeconds0"], ignoreOrder: true);
        var removed = await Raw.SendAsync(HttpMethod.Post, path, "Action=DeleteQueue", Form);
        removed.Elements("DeleteQueueResult").ShouldHaveSingleItem().IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Lists_of_the_Query_protocol_go_by_their_numbers_and_a_lone_element_needs_none()
    {
        var url = await QueueAsync();
        var path = "/000000000000/" + NameOf(url);
        var entries = string.Concat(
            new[] { 10, 2, 1 }.Select(i => $"&SendMessageBatchRequestEntry.{i}.Id=e{i}&SendMessageBatchRequestEntry.{i}.MessageBody=b{i}")
        );
        (await Raw.SendAsync(HttpMethod.Post, path, "Action=SendMessageBatch" + entries, Form))
            .Elements("SendMessageBatchResult", "SendMessageBatchResultEntry")
            .Select(e => e.Elements().First().Value)
            .ShouldBe(["e1", "e2", "e10"]);
        (
            await Raw.SendAsync(HttpMethod.Post, path, "Action=SetQueueAttributes&Attribute.Name=DelaySeconds&Attribute.Value=7", Form)
        ).Code.ShouldBeNull();
        (await Sqs.GetQueueAttributesAsync(url, ["DelaySeconds"])).DelaySeconds.ShouldBe(7);
        (await Raw.SendAsync(HttpMethod.Post, path, "Action=GetQueueAttributes&AttributeName=", Form))
            .Elements("GetQueueAttributesResult", "Attribute")
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_answer_of_the_JSON_protocol_is_an_empty_object()
    {
        var url = await QueueAsync();
        foreach (
            var (action, json) in new[]
            {
                ("ReceiveMessage", $$"""{"QueueUrl":"{{url}}"}"""),
                ("ListQueues", """{"QueueNamePrefix":"none"}"""),
                ("PurgeQueue", $$"""{"QueueUrl":"{{url}}","Unknown":[1]}"""),
                ("TagQueue", $$$"""{"QueueUrl":"{{{url}}}","Tags":{"a":"b"}}"""),
                ("DeleteQueue", $$"""{"QueueUrl":"{{url}}"}"""),
            }
        )
        {
            (await Raw.JsonAsync(action, json)).Text.ShouldBe("{}");
        }
    }

    [Fact]
    public async Task A_queue_can_be_named_by_the_path_in_JSON_too_and_what_QueueUrl_says_goes_before()
    {
        var (url, other) = (await QueueAsync(), await QueueAsync());
        var path = "/000000000000/" + NameOf(url);
        (
            await Raw.SendAsync(
                HttpMethod.Post,
                path,
                """{"MessageBody":"x"}""",
                "application/x-amz-json-1.0",
                ("X-Amz-Target", "AmazonSQS.SendMessage")
            )
        ).Code.ShouldBeNull();
        (
            await Raw.SendAsync(
                HttpMethod.Post,
                path,
                $$"""{"QueueUrl":"{{other}}","MessageBody":"y"}""",
                "application/x-amz-json-1.0",
                ("X-Amz-Target", "AmazonSQS.SendMessage")
            )
        ).Code.ShouldBeNull();
        (await ReceiveOneAsync(url)).Body.ShouldBe("x");
        (await ReceiveOneAsync(other)).Body.ShouldBe("y");
    }
}
