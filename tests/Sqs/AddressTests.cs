using System.Text;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>Where SQS can be asked: at the app's root, at queues' URLs, and below /sqs; and what a stray request is told.</summary>
public sealed class AddressTests(AppFixture app) : SqsTest(app)
{
    private const string Form = "application/x-www-form-urlencoded";

    private SignedHttp Root => new(App.App.Address);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/sqs")]
    [InlineData("/sqs/")]
    public async Task Every_action_is_served_at_the_root_and_below_sqs_in_both_protocols(string path)
    {
        var name = NewName();
        var raw = new SignedHttp(App.App.Address + path);
        (await raw.JsonAsync("CreateQueue", $$"""{"QueueName":"{{name}}"}""")).Json["QueueUrl"]!
            .GetValue<string>()
            .ShouldBe($"{App.App.Address}/000000000000/{name}");
        (await raw.QueryAsync($"Action=GetQueueUrl&QueueName={name}"))
            .Element("GetQueueUrlResult", "QueueUrl")
            .ShouldBe($"{App.App.Address}/000000000000/{name}");
        (await raw.PresignedAsync($"Action=GetQueueUrl&QueueName={name}")).Element("GetQueueUrlResult", "QueueUrl").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/000000000000/{0}")]
    [InlineData("/sqs/000000000000/{0}")]
    [InlineData("/sqs/{0}")]
    [InlineData("/sqs//000000000000/{0}")]
    [InlineData("//000000000000/{0}")]
    [InlineData("/000000000000/{0}/")]
    public async Task A_queue_is_found_by_the_path_of_its_URL_in_both_protocols(string path)
    {
        var name = NameOf(await QueueAsync());
        path = string.Format(path, name);
        (await Root.SendAsync(HttpMethod.Post, path, "Action=SendMessage&MessageBody=x", Form)).Code.ShouldBeNull();
        (
            await Root.SendAsync(
                HttpMethod.Post,
                path,
                """{"MessageBody":"y"}""",
                "application/x-amz-json-1.0",
                ("X-Amz-Target", "AmazonSQS.SendMessage")
            )
        ).Code.ShouldBeNull();
        (await Root.SendAsync(HttpMethod.Get, path + "?Action=GetQueueAttributes&AttributeName=All", "", "text/plain"))
            .Elements("GetQueueAttributesResult", "Attribute")
            .ShouldContain(a => a.Value == "ApproximateNumberOfMessages2");
    }

    [Theory]
    [InlineData("/sqs/none")]
    [InlineData("/sqs/000000000000")]
    [InlineData("/sqs/a/b/c")]
    [InlineData("/111111111111/none")]
    [InlineData("/000000000000/none")]
    [InlineData("/000000000000/a/b")]
    [InlineData("/nowhere")]
    [InlineData("/queues")]
    public async Task A_path_of_no_queue_is_told_so_in_the_protocol_of_the_request(string path)
    {
        var query = await Root.SendAsync(HttpMethod.Post, path, "Action=SendMessage&MessageBody=x", Form);
        (query.MediaType, query.Code).ShouldBe(("text/xml", "AWS.SimpleQueueService.NonExistentQueue"));
        var json = await Root.SendAsync(
            HttpMethod.Post,
            path,
            """{"MessageBody":"x"}""",
            "application/x-amz-json-1.0",
            ("X-Amz-Target", "AmazonSQS.SendMessage")
        );
        (json.MediaType, json.Type).ShouldBe(("application/x-amz-json-1.0", "QueueDoesNotExist"));
    }

    [Fact]
    public async Task What_concerns_no_queue_is_no_action_of_a_queues_URL()
    {
        var path = "/000000000000/" + NameOf(await QueueAsync());
        foreach (var action in new[] { "ListQueues", "CreateQueue&QueueName=" + NewName() })
            (await Root.SendAsync(HttpMethod.Get, $"{path}?Action={action}", "", "text/plain")).Code.ShouldBe("InvalidAction");
        (await Root.SendAsync(HttpMethod.Get, path + "?Action=FooBar", "", "text/plain")).Code.ShouldBe("InvalidAction");
    }

    [Fact]
    public async Task A_GET_without_an_action_is_an_unknown_operation()
    {
        foreach (var path in new[] { "/000000000000/" + NameOf(await QueueAsync()), "/sqs" })
        {
            var reply = await Root.SendAsync(HttpMethod.Get, path, "", "text/plain");
            (reply.Status, reply.Code).ShouldBe((HttpStatusCode.NotFound, "UnknownOperationException"));
        }
    }

    [Fact]
    public async Task Who_looks_at_the_root_is_told_what_runs_there()
    {
        using var client = new HttpClient();
        var answer = JsonNode.Parse(await client.GetStringAsync(new Uri(App.App.Address)))!;
        (answer["name"]!.GetValue<string>(), answer["openapi"]!.GetValue<string>()).ShouldBe(("FuncQueue", "/openapi.json"));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, App.App.Address));
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_that_is_given_the_bare_host_does_its_work()
    {
        using var sqs = new AmazonSQSClient(
            "a",
            "b",
            new AmazonSQSConfig { ServiceURL = App.App.Address, AuthenticationRegion = "us-east-1" }
        );
        var url = (await sqs.CreateQueueAsync(NewName())).QueueUrl;
        new Uri(url).AbsolutePath.Split('/').Length.ShouldBe(3);
        await sqs.SendMessageAsync(url, "x");
        var message = (
            await sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = url, WaitTimeSeconds = 20 })
        ).Messages.ShouldHaveSingleItem();
        await sqs.DeleteMessageAsync(url, message.ReceiptHandle);
        // The URLs of old are kept in configurations.
        await sqs.SendMessageAsync(url.Replace("/000000000000", "/sqs/000000000000", StringComparison.Ordinal), "y");
        (await ReceiveOneAsync(url)).Body.ShouldBe("y");
    }

    [Fact]
    public async Task A_form_that_names_no_action_is_no_request_of_AWS()
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(App.App.Address + "/nowhere"), new StringContent("a=b", Encoding.UTF8, Form));
        (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.NotFound, "application/problem+json"));
    }

    [Fact]
    public async Task Who_accepts_JSON_only_gets_the_answers_of_the_Query_protocol_in_it()
    {
        var url = await QueueAsync(("DelaySeconds", "7"));
        using var client = new HttpClient();
        async Task<(HttpStatusCode, JsonNode)> AskAsync(string query)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}?{query}");
            request.Headers.Add("Accept", "application/json");
            using var response = await client.SendAsync(request);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
            return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
        }

        var (status, answer) = await AskAsync("Action=GetQueueAttributes&AttributeName.1=DelaySeconds");
        status.ShouldBe(HttpStatusCode.OK);
        answer["GetQueueAttributesResponse"]!["GetQueueAttributesResult"]!["Attributes"]!
            .ToJsonString()
            .ShouldBe("""[{"Name":"DelaySeconds","Value":"7"}]""");
        answer["GetQueueAttributesResponse"]!["ResponseMetadata"]!["RequestId"]!.GetValue<string>().ShouldNotBeEmpty();
        (status, answer) = await AskAsync("Action=FooBar");
        (status, answer["Error"]!["Code"]!.GetValue<string>()).ShouldBe((HttpStatusCode.BadRequest, "InvalidAction"));
    }
}
