using System.Text;

namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>
/// Requests of SNS that are nearly right, mutated byte by byte: each gets an answer of the protocol, none an error of the server's.
/// </summary>
public sealed class FuzzTests(AppFixture app) : SnsTest(app)
{
    private const int Requests = 1000;

    private static readonly HttpClient Plain = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Mutated_requests_never_meet_an_error_of_the_server(int seed)
    {
        var random = new Random(seed);
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        var subscription = await SubscribeAsync(topic, queue);
        var seeds = Seeds(topic, subscription, ArnOf(queue)).ToList();
        for (var i = 0; i < Requests; i++)
        {
            var bytes = Mutations.Of(random, Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Count)]));
            using var request = new HttpRequestMessage(HttpMethod.Post, App.App.Address) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
            using var response = await Plain.SendAsync(request);
            try
            {
                // Fails on a status of 500 and more, and on an answer that is not of the protocol.
                await SqsReply.ReadAsync(response);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Request {i} of seed {seed}: {Convert.ToHexString(bytes)}", exception);
            }
        }

        App.App.Output.ShouldNotContain("unexpected fault");
    }

    private static IEnumerable<string> Seeds(string topic, string subscription, string queue)
    {
        yield return FormOf(
            "CreateTopic",
            [("Name", "fuzz"), .. Entries("Attributes", ("DisplayName", "x"), ("Policy", """{"Statement":[{"Sid":"a"}]}"""))]
        );
        yield return FormOf("CreateTopic", [("Name", "fuzz.fifo"), .. Entries("Attributes", ("FifoTopic", "true"))]);
        yield return FormOf("SetTopicAttributes", ("TopicArn", topic), ("AttributeName", "DeliveryPolicy"), ("AttributeValue", "{}"));
        yield return FormOf("GetTopicAttributes", ("TopicArn", topic));
        yield return FormOf("TagResource", ("ResourceArn", topic), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b"));
        yield return FormOf(
            "AddPermission",
            ("TopicArn", topic),
            ("Label", "l"),
            ("AWSAccountId.member.1", "111111111111"),
            ("ActionName.member.1", "Publish")
        );
        yield return FormOf(
            "Subscribe",
            [
                ("TopicArn", topic),
                ("Protocol", "sqs"),
                ("Endpoint", queue),
                .. Entries("Attributes", ("FilterPolicy", """{"a":[{"numeric":["=",1]}]}"""), ("FilterPolicyScope", "MessageBody")),
            ]
        );
        yield return FormOf(
            "SetSubscriptionAttributes",
            ("SubscriptionArn", subscription),
            ("AttributeName", "FilterPolicy"),
            ("AttributeValue", """{"$or":[{"a":[{"exists":true}]},{"b":["c",1,null]}]}""")
        );
        yield return FormOf("GetSubscriptionAttributes", ("SubscriptionArn", subscription));
        yield return FormOf("ListSubscriptionsByTopic", ("TopicArn", topic), ("NextToken", "YQ"));
        yield return FormOf("ListSubscriptions", ("NextToken", "YTpi"));
        yield return FormOf(
            "Publish",
            [
                ("TopicArn", topic),
                ("Message", """{"default":"Grüße"}"""),
                ("MessageStructure", "json"),
                ("Subject", "s"),
                .. MessageAttributes(("a", "String.Array", "[1]"), ("n", "Number", "1")),
            ]
        );
        yield return FormOf(
            "PublishBatch",
            ("TopicArn", topic),
            ("PublishBatchRequestEntries.member.1.Id", "a"),
            ("PublishBatchRequestEntries.member.1.Message", "x"),
            ("PublishBatchRequestEntries.member.2.Id", "b"),
            ("PublishBatchRequestEntries.member.2.Message", "y"),
            ("PublishBatchRequestEntries.member.2.MessageGroupId", "g")
        );
        yield return FormOf("Unsubscribe", ("SubscriptionArn", subscription), ("Token", "0000"));
        yield return FormOf("GetCallerIdentity");
    }
}
