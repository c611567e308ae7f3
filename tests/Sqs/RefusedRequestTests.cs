using System.Text;

namespace FuncQueue.Sqs.Tests;

/// <summary>Requests that cannot be read, or are too much to read, are refused as SQS refuses them.</summary>
public sealed class RefusedRequestTests(AppFixture app) : SqsTest(app)
{
    private const string Form = "application/x-www-form-urlencoded";

    private SignedHttp Raw => new(Endpoint);

    [Theory]
    [InlineData("SendMessage", "[]", "SerializationException")]
    [InlineData("SendMessage", "nothing", "SerializationException")]
    [InlineData("SendMessage", "{\"MessageBody\":\"\\ud800\",\"QueueUrl\":\"q\"}", "InvalidMessageContents")]
    [InlineData("SendMessage", "{\"MessageBody\":1,\"QueueUrl\":\"q\"}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":[]}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"DelaySeconds\":\"1\"}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"DelaySeconds\":99999999999}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"MessageAttributes\":[]}", "SerializationException")]
    [InlineData("SendMessage", "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"MessageAttributes\":{\"a\":1}}", "SerializationException")]
    [InlineData(
        "SendMessage",
        "{\"QueueUrl\":\"q\",\"MessageBody\":\"x\",\"MessageAttributes\":{\"a\":{\"DataType\":\"Binary\",\"BinaryValue\":\"*\"}}}",
        "SerializationException"
    )]
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
    [InlineData(
        "Action=SendMessage&QueueUrl=q&MessageBody=x&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=*",
        HttpStatusCode.BadRequest,
        "MalformedInput"
    )]
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
        (await Raw.QueryAsync("Action=ListQueues" + string.Concat(Enumerable.Range(0, 2001).Select(i => $"&p{i}=")))).Code.ShouldBe(
            "MalformedQueryString"
        );
        // The longest message in the longest spelling is taken.
        var url = await QueueAsync();
        var spelled = string.Concat(Enumerable.Repeat("\\u0041", 1_048_576));
        (await Raw.JsonAsync("SendMessage", $$"""{"QueueUrl":"{{url}}","MessageBody":"{{spelled}}"}""")).Code.ShouldBeNull();
        (await ReceiveOneAsync(url)).Body.ShouldBe(new string('A', 1_048_576));
    }

    [Fact]
    public async Task Where_requests_under_way_leave_no_memory_a_long_one_is_throttled_and_a_small_one_passes()
    {
        await using var small = await AppProcess.StartAsync(
            App.Environment(new() { ["FuncQueue__MaxRequestMemory"] = $"{5 * 1024 * 1024}" })
        );
        var raw = new SignedHttp(small.Address + "/sqs");
        var name = NewName();
        (await raw.QueryAsync("Action=CreateQueue&QueueName=" + name)).Code.ShouldBeNull();
        foreach (
            var reply in new[]
            {
                await raw.JsonAsync(
                    "SendMessage",
                    $$"""{"QueueUrl":"{{name}}","MessageBody":"{{new string('x', 1024 * 1024)}}","More":"{{new string('y', 1024 * 1024)}}"}"""
                ),
                await raw.QueryAsync(
                    $"Action=SendMessage&QueueUrl={name}&MessageBody={new string('x', 1024 * 1024)}&More={new string('y', 1024 * 1024)}"
                ),
            }
        )
        {
            (reply.Status, reply.Code).ShouldBe((HttpStatusCode.Forbidden, "RequestThrottled"));
        }

        (await raw.QueryAsync($"Action=SendMessage&QueueUrl={name}&MessageBody={new string('x', 1024 * 1024)}")).Code.ShouldBeNull();
        (await raw.QueryAsync($"Action=ReceiveMessage&WaitTimeSeconds=20&QueueUrl={name}"))
            .Elements("ReceiveMessageResult", "Message")
            .ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Other_methods_are_refused(string method)
    {
        using var client = new HttpClient();
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), Endpoint));
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET", "HEAD", "POST"]);
    }

    [Fact]
    public async Task A_body_in_an_encoding_that_is_none_is_refused_in_both_protocols()
    {
        using var client = new HttpClient();
        foreach (var (type, target) in new[] { ("application/x-amz-json-1.0", "AmazonSQS.ListQueues"), (Form, null) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint)
            {
                Content = new ByteArrayContent([.. Encoding.ASCII.GetBytes("Action=ListQueues&x="), 0xff, 0xfe]),
            };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            if (target is not null)
                request.Headers.Add("X-Amz-Target", target);
            ((int)(await SqsReply.ReadAsync(await client.SendAsync(request))).Status).ShouldBeInRange(400, 404);
        }
    }
}
