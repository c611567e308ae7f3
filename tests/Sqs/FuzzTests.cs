using System.Text;

namespace FuncQueue.Sqs.Tests;

/// <summary>
/// Requests that are nearly right, mutated byte by byte: each gets an answer of the protocol, none an error of the server's.
/// </summary>
public sealed class FuzzTests(AppFixture app) : SqsTest(app)
{
    private const int Requests = 1500;

    private static readonly HttpClient Plain = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Mutated_requests_never_meet_an_error_of_the_server(int seed)
    {
        var random = new Random(seed);
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        var receipt = (await ReceiveOneAsync(url)).ReceiptHandle;
        var seeds = Json(url, receipt)
            .Select(s => (s.Action, Body: s.Json, Query: false))
            .Concat(Query(url, receipt).Select(s => (Action: "", Body: s, Query: true)))
            .ToList();
        for (var i = 0; i < Requests; i++)
        {
            var (action, body, query) = seeds[random.Next(seeds.Count)];
            var bytes = Mutations.Of(random, Encoding.UTF8.GetBytes(body));
            using var request = new HttpRequestMessage(HttpMethod.Post, random.Next(4) == 0 ? url : Endpoint)
            {
                Content = new ByteArrayContent(bytes),
            };
            request.Content.Headers.TryAddWithoutValidation(
                "Content-Type",
                query ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.0"
            );
            if (!query)
                request.Headers.TryAddWithoutValidation(
                    "X-Amz-Target",
                    random.Next(20) == 0
                        ? Printable(Mutations.Of(random, Encoding.ASCII.GetBytes("AmazonSQS." + action)))
                        : "AmazonSQS." + action
                );
            using var response = await Plain.SendAsync(request);
            try
            {
                // Fails on a status of 500 and more, and on an answer that is not of the protocol.
                await SqsReply.ReadAsync(response);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Request {i} of seed {seed}: {action} {Convert.ToHexString(bytes)}", exception);
            }
        }

        App.App.Output.ShouldNotContain("unexpected fault");
    }

    /// <summary>The same on signed requests to an app that looks at signatures: whatever is in Authorization and in the query.</summary>
    [Fact]
    public async Task Mutated_signatures_never_meet_an_error_of_the_server_and_never_pass()
    {
        await using var locked = await AppProcess.StartAsync(
            App.Environment(
                new()
                {
                    ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
                    ["FuncQueueSqs__Keys__0__SecretAccessKey"] = "tests-only/9fKc+7Qm2Xv0LhT3bE1uRz",
                    ["FuncQueueSqs__Keys__0__Rights"] = "send,receive,manage",
                }
            )
        );
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var changed = false;
            var sent = "";
            var signed = new SignedHttp(locked.Address + "/sqs")
            {
                Tamper = r =>
                {
                    var before = r.Headers.GetValues("Authorization").Single();
                    var after = Encoding.Latin1.GetString(Mutations.Of(random, Encoding.ASCII.GetBytes(before)));
                    after = Printable(Encoding.Latin1.GetBytes(after));
                    sent = after;
                    changed = after.Replace(" ", "", StringComparison.Ordinal) != before.Replace(" ", "", StringComparison.Ordinal);
                    r.Headers.Remove("Authorization");
                    r.Headers.TryAddWithoutValidation("Authorization", after);
                },
            };
            var reply = await signed.QueryAsync("Action=ListQueues&QueueNamePrefix=none");
            if (changed && reply.Code is null)
                throw new InvalidOperationException($"Passed: {sent}");
            using var presigned = new SignedHttp(locked.Address + "/sqs").Presign("Action=ListQueues");
            var query = presigned.RequestUri!.Query;
            var mutated = new string([
                .. Encoding
                    .Latin1.GetString(Mutations.Of(random, Encoding.ASCII.GetBytes(query)))
                    .Where(c => c is > ' ' and < '\x7f' and not '#' and not '\\'),
            ]);
            using var answer = await Plain.GetAsync(new Uri(locked.Address + "/sqs?" + mutated.TrimStart('?')));
            (await SqsReply.ReadAsync(answer)).ShouldNotBeNull();
        }

        locked.Output.ShouldNotContain("unexpected fault");
    }

    /// <summary>What a client can send in a header.</summary>
    private static string Printable(byte[] bytes) => new([.. Encoding.Latin1.GetString(bytes).Where(c => c is >= ' ' and < '\x7f')]);

    private static IEnumerable<(string Action, string Json)> Json(string url, string receipt)
    {
        var arn = ArnOf(url);
        yield return (
            "CreateQueue",
            $$$"""{"QueueName":"fuzz","Attributes":{"DelaySeconds":"1","RedrivePolicy":"{\"deadLetterTargetArn\":\"{{{arn}}}\",\"maxReceiveCount\":3}","Policy":"{\"Statement\":[{\"Sid\":\"a\"}]}"},"tags":{"a":"b"}}"""
        );
        yield return (
            "SetQueueAttributes",
            $$$"""{"QueueUrl":"{{{url}}}","Attributes":{"MaximumMessageSize":"2048","RedriveAllowPolicy":"{\"redrivePermission\":\"byQueue\",\"sourceQueueArns\":[\"{{{arn}}}\"]}","KmsMasterKeyId":"k"}}"""
        );
        yield return ("GetQueueAttributes", $$"""{"QueueUrl":"{{url}}","AttributeNames":["All","QueueArn"]}""");
        yield return ("ListQueues", """{"QueueNamePrefix":"fuzz","MaxResults":3,"NextToken":"ZnV6eg"}""");
        yield return (
            "SendMessage",
            $$$"""{"QueueUrl":"{{{url}}}","MessageBody":"Gr\u00fc\u00dfe","DelaySeconds":1,"MessageAttributes":{"a":{"DataType":"Number","StringValue":"1"},"b":{"DataType":"Binary","BinaryValue":"AAA="}},"MessageSystemAttributes":{"AWSTraceHeader":{"DataType":"String","StringValue":"Root=1"}},"MessageGroupId":"g"}"""
        );
        yield return (
            "SendMessageBatch",
            $$$$"""{"QueueUrl":"{{{{url}}}}","Entries":[{"Id":"a","MessageBody":"x","MessageAttributes":{"a":{"DataType":"String","StringValue":"1"}}},{"Id":"b","MessageBody":"y","DelaySeconds":3}]}"""
        );
        yield return (
            "ReceiveMessage",
            $$"""{"QueueUrl":"{{url}}","MaxNumberOfMessages":10,"VisibilityTimeout":0,"MessageSystemAttributeNames":["All"],"MessageAttributeNames":["a.*","b"],"WaitTimeSeconds":0}"""
        );
        yield return ("DeleteMessage", $$"""{"QueueUrl":"{{url}}","ReceiptHandle":"{{receipt}}"}""");
        yield return (
            "ChangeMessageVisibilityBatch",
            $$"""{"QueueUrl":"{{url}}","Entries":[{"Id":"a","ReceiptHandle":"{{receipt}}","VisibilityTimeout":5}]}"""
        );
        yield return (
            "AddPermission",
            $$"""{"QueueUrl":"{{url}}","Label":"l","AWSAccountIds":["111111111111"],"Actions":["SendMessage"]}"""
        );
        yield return ("TagQueue", $$$"""{"QueueUrl":"{{{url}}}","Tags":{"a":"b"}}""");
        yield return ("StartMessageMoveTask", $$"""{"SourceArn":"{{arn}}","MaxNumberOfMessagesPerSecond":5}""");
        yield return (
            "CancelMessageMoveTask",
            """{"TaskHandle":"eyJ0YXNrSWQiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDAiLCJzb3VyY2VBcm4iOiJhcm46YXdzOnNxczp1cy1lYXN0LTE6MDAwMDAwMDAwMDAwOnEifQ=="}"""
        );
    }

    private static IEnumerable<string> Query(string url, string receipt)
    {
        var queue = Uri.EscapeDataString(url);
        yield return "Action=CreateQueue&QueueName=fuzz&Attribute.1.Name=DelaySeconds&Attribute.1.Value=1&Tag.1.Key=a&Tag.1.Value=b&Version=2012-11-05";
        yield return $"Action=SendMessage&QueueUrl={queue}&MessageBody=Gr%C3%BC%C3%9Fe&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=Number&MessageAttribute.1.Value.StringValue=1&DelaySeconds=1";
        yield return $"Action=SendMessageBatch&QueueUrl={queue}&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=x&SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.2.MessageBody=y";
        yield return $"Action=ReceiveMessage&QueueUrl={queue}&MaxNumberOfMessages=10&AttributeName.1=All&MessageAttributeName.1=All&VisibilityTimeout=0";
        yield return $"Action=DeleteMessageBatch&QueueUrl={queue}&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle={receipt}";
        yield return $"Action=SetQueueAttributes&QueueUrl={queue}&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=5";
        yield return $"Action=GetQueueAttributes&QueueUrl={queue}&AttributeName.1=All";
        yield return $"Action=AddPermission&QueueUrl={queue}&Label=l&AWSAccountId.1=111111111111&ActionName.1=*";
    }
}
