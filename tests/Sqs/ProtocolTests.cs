using System.Text;

namespace FuncQueue.Sqs.Tests;

/// <summary>What is on the wire: answers and errors of each protocol, as documented, and requests that no SDK sends.</summary>
public sealed class ProtocolTests(AppFixture app) : SqsTest(app)
{
    private const string Form = "application/x-www-form-urlencoded";

    private SignedHttp Raw => new(Endpoint);

    [Fact]
    public async Task Every_action_that_the_SDK_knows_is_known_in_both_protocols()
    {
        var actions = typeof(Amazon.SQS.IAmazonSQS).GetMethods()
            .Where(m => m.Name.EndsWith("Async", StringComparison.Ordinal) && m.GetParameters()[0].ParameterType.Name == m.Name[..^5] + "Request")
            .Select(m => m.Name[..^5]).Distinct().ToList();
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
        JsonNode.DeepEquals(reply.Json, JsonNode.Parse("""{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}""")).ShouldBeTrue(reply.Text);
    }

    [Fact]
    public async Task An_error_of_the_Query_protocol_has_type_code_message_and_request_id()
    {
        var reply = await Raw.QueryAsync("Action=GetQueueUrl&QueueName=none&Version=2012-11-05");
        (reply.Status, reply.MediaType).ShouldBe((HttpStatusCode.BadRequest, "text/xml"));
        reply.Text.ShouldBe(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error><Type>Sender</Type>"
            + "<Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue does not exist for this wsdl version.</Message><Detail />"
            + $"</Error><RequestId>{reply.RequestId}</RequestId></ErrorResponse>");
    }

    [Fact]
    public async Task Answers_of_the_Query_protocol_are_the_documented_XML()
    {
        var name = NewName();
        var created = await Raw.QueryAsync($"Action=CreateQueue&QueueName={name}&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=40&Tag.1.Key=a+b&Tag.1.Value=%C3%BC&Version=2012-11-05");
        created.Text.ShouldBe(
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?><CreateQueueResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><CreateQueueResult><QueueUrl>{Endpoint}/000000000000/{name}</QueueUrl>"
            + $"</CreateQueueResult><ResponseMetadata><RequestId>{created.RequestId}</RequestId></ResponseMetadata></CreateQueueResponse>");
        (await Raw.QueryAsync($"Action=ListQueueTags&QueueUrl={Endpoint}/000000000000/{name}")).Elements("ListQueueTagsResult", "Tag").ShouldHaveSingleItem().Value.ShouldBe("a bü");
        // Sent to the queue's own URL, as clients of old do.
        var path = $"/000000000000/{name}";
        var sent = await Raw.SendAsync(HttpMethod.Post, path, "Action=SendMessage&MessageBody=a%26b%3Cc%0D%0A&MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=AP8%3D", Form);
        sent.Element("SendMessageResult", "MD5OfMessageBody").ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("a&b<c\r\n"u8)));
        var received = await Raw.SendAsync(HttpMethod.Get, path + "?Action=ReceiveMessage&AttributeName=All&MessageAttributeName.1=n&MaxNumberOfMessages=10&WaitTimeSeconds=20", "", "text/plain");
        var message = received.Elements("ReceiveMessageResult", "Message").ShouldHaveSingleItem();
        message.Elements().Select(e => e.Name.LocalName).ShouldBe(
            ["MessageId", "ReceiptHandle", "MD5OfBody", "Body", "Attribute", "Attribute", "Attribute", "Attribute", "MD5OfMessageAttributes", "MessageAttribute"]);
        message.Elements().Single(e => e.Name.LocalName == "Body").Value.ShouldBe("a&b<c\r\n");
        message.Elements().Single(e => e.Name.LocalName == "MessageAttribute").Value.ShouldBe("nAP8=Binary");
        var receipt = message.Elements().Single(e => e.Name.LocalName == "ReceiptHandle").Value;
        var deleted = await Raw.SendAsync(HttpMethod.Post, path, $"Action=DeleteMessageBatch&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle={receipt}&DeleteMessageBatchRequestEntry.2.Id=b&DeleteMessageBatchRequestEntry.2.ReceiptHandle=x", Form);
        deleted.Elements("DeleteMessageBatchResult", "DeleteMessageBatchResultEntry").ShouldHaveSingleItem().Value.ShouldBe("a");
        deleted.Elements("DeleteMessageBatchResult", "BatchResultErrorEntry").ShouldHaveSingleItem().Value.ShouldBe("btrueReceiptHandleIsInvalidThe input receipt handle is invalid.");
        var attributes = await Raw.SendAsync(HttpMethod.Post, path, "Action=GetQueueAttributes&AttributeName.1=VisibilityTimeout&AttributeName.2=DelaySeconds", Form);
        attributes.Elements("GetQueueAttributesResult", "Attribute").Select(a => a.Value).ShouldBe(["VisibilityTimeout40", "DelaySeconds0"], ignoreOrder: true);
        var removed = await Raw.SendAsync(HttpMethod.Post, path, "Action=DeleteQueue", Form);
        removed.Elements("DeleteQueueResult").ShouldHaveSingleItem().IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Lists_of_the_Query_protocol_go_by_their_numbers_and_a_lone_element_needs_none()
    {
        var url = await QueueAsync();
        var path = "/000000000000/" + NameOf(url);
        var entries = string.Concat(new[] { 10, 2, 1 }.Select(i => $"&SendMessageBatchRequestEntry.{i}.Id=e{i}&SendMessageBatchRequestEntry.{i}.MessageBody=b{i}"));
        (await Raw.SendAsync(HttpMethod.Post, path, "Action=SendMessageBatch" + entries, Form)).Elements("SendMessageBatchResult", "SendMessageBatchResultEntry")
            .Select(e => e.Elements().First().Value).ShouldBe(["e1", "e2", "e10"]);
        (await Raw.SendAsync(HttpMethod.Post, path, "Action=SetQueueAttributes&Attribute.Name=DelaySeconds&Attribute.Value=7", Form)).Code.ShouldBeNull();
        (await Sqs.GetQueueAttributesAsync(url, ["DelaySeconds"])).DelaySeconds.ShouldBe(7);
        (await Raw.SendAsync(HttpMethod.Post, path, "Action=GetQueueAttributes&AttributeName=", Form)).Elements("GetQueueAttributesResult", "Attribute").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_answer_of_the_JSON_protocol_is_an_empty_object()
    {
        var url = await QueueAsync();
        foreach (var (action, json) in new[]
        {
            ("ReceiveMessage", $$"""{"QueueUrl":"{{url}}"}"""), ("ListQueues", """{"QueueNamePrefix":"none"}"""), ("PurgeQueue", $$"""{"QueueUrl":"{{url}}","Unknown":[1]}"""),
            ("TagQueue", $$$"""{"QueueUrl":"{{{url}}}","Tags":{"a":"b"}}"""), ("DeleteQueue", $$"""{"QueueUrl":"{{url}}"}"""),
        })
        {
            (await Raw.JsonAsync(action, json)).Text.ShouldBe("{}");
        }
    }

    [Fact]
    public async Task A_queue_can_be_named_by_the_path_in_JSON_too_and_what_QueueUrl_says_goes_before()
    {
        var (url, other) = (await QueueAsync(), await QueueAsync());
        var path = "/000000000000/" + NameOf(url);
        (await Raw.SendAsync(HttpMethod.Post, path, """{"MessageBody":"x"}""", "application/x-amz-json-1.0", ("X-Amz-Target", "AmazonSQS.SendMessage"))).Code.ShouldBeNull();
        (await Raw.SendAsync(HttpMethod.Post, path, $$"""{"QueueUrl":"{{other}}","MessageBody":"y"}""", "application/x-amz-json-1.0", ("X-Amz-Target", "AmazonSQS.SendMessage"))).Code.ShouldBeNull();
        (await ReceiveOneAsync(url)).Body.ShouldBe("x");
        (await ReceiveOneAsync(other)).Body.ShouldBe("y");
    }

    [Theory]
    [InlineData("SendMessage", "[]", "SerializationException")]
    [InlineData("SendMessage", "nothing", "SerializationException")]
    [InlineData("SendMessage", "{\"MessageBody\":\"\\ud800\",\"QueueUrl\":\"q\"}", "SerializationException")]
    [InlineData("SendMessage", "{\"MessageBody\":1,\"QueueUrl\":\"q\"}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":[]}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"DelaySeconds\":\"1\"}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"DelaySeconds\":99999999999}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"MessageAttributes\":[]}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"MessageAttributes\":{\"a\":1}}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"MessageAttributes\":{\"a\":{\"DataType\":\"Binary\",\"BinaryValue\":\"*\"}}}", "SerializationException")]
    [InlineData("SendMessageBatch", "{\"QueueUrl\":\"q\",\"Entries\":{}}", "SerializationException")]
    [InlineData("SendMessageBatch", "{\"QueueUrl\":\"q\",\"Entries\":[1]}", "SerializationException")]
    [InlineData("SendMessageBatch", "{\"QueueUrl\":\"q\",\"Entries\":[{\"Id\":1}]}", "SerializationException")]
    [InlineData("DeleteMessageBatch", "{\"QueueUrl\":\"q\",\"Entries\":[{\"Id\":\"a\",\"ReceiptHandle\":1}]}", "SerializationException")]
    [InlineData("CreateQueue", "{\"QueueName\":\"q\",\"Attributes\":{\"DelaySeconds\":1}}", "SerializationException")]
    [InlineData("CreateQueue", "{\"QueueName\":\"q\",\"tags\":[\"a\"]}", "SerializationException")]
    [InlineData("GetQueueAttributes", "{\"QueueUrl\":\"q\",\"AttributeNames\":\"All\"}", "SerializationException")]
    [InlineData("SendMessage", "{}", "MissingRequiredParameterException")]
    [InlineData("SendMessage", "", "MissingRequiredParameterException")]
    [InlineData("SendMessage", "{\"QueueUrl\":null}", "MissingRequiredParameterException")]
    [InlineData("SendMessages", "{}", "UnknownOperationException")]
    [InlineData("", "{}", "MissingAction")]
    public async Task What_cannot_be_read_in_JSON_is_refused_by_name(string action, string json, string type)
    {
        var name = NameOf(await QueueAsync());
        var reply = await Raw.JsonAsync(action, json.Replace("\"q\"", $"\"{name}\"", StringComparison.Ordinal));
        (reply.Status, reply.Type).ShouldBe((HttpStatusCode.BadRequest, type), reply.Text);
    }

    [Theory]
    [InlineData("Action=SendMessages", HttpStatusCode.BadRequest, "InvalidAction")]
    [InlineData("Version=2012-11-05", HttpStatusCode.BadRequest, "MissingAction")]
    [InlineData("", HttpStatusCode.BadRequest, "MissingAction")]
    [InlineData("Action=ListQueues&QueueNamePrefix=%zz", HttpStatusCode.NotFound, "MalformedQueryString")]
    [InlineData("Action=ListQueues&QueueNamePrefix=%C3", HttpStatusCode.NotFound, "MalformedQueryString")]
    [InlineData("Action=ListQueues&MaxResults=many", HttpStatusCode.BadRequest, "MalformedInput")]
    [InlineData("Action=SendMessage&QueueUrl=q", HttpStatusCode.BadRequest, "MissingParameter")]
    [InlineData("Action=SendMessage&MessageBody=x", HttpStatusCode.BadRequest, "MissingParameter")]
    [InlineData("Action=SendMessage&QueueUrl=q&MessageBody=x&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=*", HttpStatusCode.BadRequest, "MalformedInput")]
    public async Task What_cannot_be_read_in_the_Query_protocol_is_refused_by_code(string form, HttpStatusCode status, string code)
    {
        var name = NameOf(await QueueAsync());
        var reply = await Raw.QueryAsync(form.Replace("QueueUrl=q", "QueueUrl=" + name, StringComparison.Ordinal));
        (reply.Status, reply.Code).ShouldBe((status, code), reply.Text);
    }

    [Fact]
    public async Task A_request_of_more_than_8_MiB_or_thousands_of_parameters_is_refused()
    {
        var tooLong = await Raw.QueryAsync("Action=ListQueues&x=" + new string('x', 8 * 1024 * 1024));
        (tooLong.Status, tooLong.Code).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "RequestEntityTooLarge"));
        (await Raw.QueryAsync("Action=ListQueues" + string.Concat(Enumerable.Range(0, 2001).Select(i => $"&p{i}=")))).Code.ShouldBe("MalformedQueryString");
        // The longest message in the longest spelling is taken.
        var url = await QueueAsync();
        var spelled = string.Concat(Enumerable.Repeat("\\u0041", 1_048_576));
        (await Raw.JsonAsync("SendMessage", $$"""{"QueueUrl":"{{url}}","MessageBody":"{{spelled}}"}""")).Code.ShouldBeNull();
        (await ReceiveOneAsync(url)).Body.ShouldBe(new string('A', 1_048_576));
    }

    [Fact]
    public async Task Where_requests_under_way_leave_no_memory_a_long_one_is_throttled_and_a_small_one_passes()
    {
        await using var small = await AppProcess.StartAsync(App.Environment(new() { ["FuncQueue__MaxRequestMemory"] = $"{5 * 1024 * 1024}" }));
        var raw = new SignedHttp(small.Address + "/sqs");
        var name = NewName();
        (await raw.QueryAsync("Action=CreateQueue&QueueName=" + name)).Code.ShouldBeNull();
        foreach (var reply in new[]
        {
            await raw.JsonAsync("SendMessage", $$"""{"QueueUrl":"{{name}}","MessageBody":"{{new string('x', 1024 * 1024)}}","More":"{{new string('y', 1024 * 1024)}}"}"""),
            await raw.QueryAsync($"Action=SendMessage&QueueUrl={name}&MessageBody={new string('x', 1024 * 1024)}&More={new string('y', 1024 * 1024)}"),
        })
        {
            (reply.Status, reply.Code).ShouldBe((HttpStatusCode.Forbidden, "RequestThrottled"));
        }

        (await raw.QueryAsync($"Action=SendMessage&QueueUrl={name}&MessageBody={new string('x', 1024 * 1024)}")).Code.ShouldBeNull();
        (await raw.QueryAsync($"Action=ReceiveMessage&WaitTimeSeconds=20&QueueUrl={name}")).Elements("ReceiveMessageResult", "Message").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Other_methods_are_unknown(string method)
    {
        using var client = new HttpClient();
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), Endpoint));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_body_in_an_encoding_that_is_none_is_refused_in_both_protocols()
    {
        using var client = new HttpClient();
        foreach (var (type, target) in new[] { ("application/x-amz-json-1.0", "AmazonSQS.ListQueues"), (Form, null) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint) { Content = new ByteArrayContent([.. Encoding.ASCII.GetBytes("Action=ListQueues&x="), 0xff, 0xfe]) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            if (target is not null)
                request.Headers.Add("X-Amz-Target", target);
            ((int)(await SqsReply.ReadAsync(await client.SendAsync(request))).Status).ShouldBeInRange(400, 404);
        }
    }
}
