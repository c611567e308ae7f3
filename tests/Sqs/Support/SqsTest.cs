using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>A test through the AWS SDK for .NET as it comes, against an app that takes whoever calls; each has queues of its own.</summary>
public abstract class SqsTest(AppFixture app)
{
    private static int queues;

    protected AppFixture App => app;

    protected AmazonSQSClient Sqs { get; } = Client(app.App.Address);

    /// <summary>The HTTP API of the same app.</summary>
    protected ApiClient Http => app.Client;

    /// <summary>The endpoint, for requests that no SDK would send.</summary>
    protected string Endpoint => app.App.Address + "/sqs";

    public static AmazonSQSClient Client(string address, string key = "AKIDEXAMPLE", string secret = "a secret that nobody checks") =>
        new(
            new BasicAWSCredentials(key, secret),
            new AmazonSQSConfig
            {
                ServiceURL = address + "/sqs",
                AuthenticationRegion = "eu-central-1",
                MaxErrorRetry = 0,
                Timeout = TimeSpan.FromSeconds(120),
            }
        );

    protected static string NewName(string suffix = "") => $"sqs-{Environment.ProcessId}-{Interlocked.Increment(ref queues)}{suffix}";

    /// <summary>A new queue; its URL.</summary>
    protected async Task<string> QueueAsync(params (string Name, string Value)[] attributes) =>
        await QueueNamedAsync(NewName(), attributes);

    protected async Task<string> QueueNamedAsync(string name, params (string Name, string Value)[] attributes) =>
        (
            await Sqs.CreateQueueAsync(
                new CreateQueueRequest { QueueName = name, Attributes = attributes.ToDictionary(a => a.Name, a => a.Value) }
            )
        ).QueueUrl;

    protected static string NameOf(string queueUrl) => queueUrl[(queueUrl.LastIndexOf('/') + 1)..];

    /// <summary>The path of the queue in the HTTP API.</summary>
    protected static string PathOf(string queueUrl) => "/queues/" + NameOf(queueUrl);

    protected static string ArnOf(string queueUrl) => "arn:aws:sqs:us-east-1:000000000000:" + NameOf(queueUrl);

    protected async Task<Message> ReceiveOneAsync(string queue, Action<ReceiveMessageRequest>? with = null) =>
        (await ReceiveAsync(queue, with)).ShouldHaveSingleItem();

    /// <summary>Receives once, waiting for the first message.</summary>
    protected async Task<List<Message>> ReceiveAsync(string queue, Action<ReceiveMessageRequest>? with = null)
    {
        var request = new ReceiveMessageRequest { QueueUrl = queue, WaitTimeSeconds = 20 };
        with?.Invoke(request);
        return (await Sqs.ReceiveMessageAsync(request)).Messages ?? [];
    }

    /// <summary>Expects an error of this type, with this code and status.</summary>
    protected static async Task<T> FailsAsync<T>(Func<Task> call, string code, HttpStatusCode status = HttpStatusCode.BadRequest)
        where T : AmazonSQSException
    {
        var exception = await Should.ThrowAsync<AmazonSQSException>(call);
        exception.ErrorCode.ShouldBe(code, exception.Message);
        exception.StatusCode.ShouldBe(status);
        return exception.ShouldBeOfType<T>();
    }

    /// <summary>Expects one of the errors that have no class of their own.</summary>
    protected static Task<AmazonSQSException> FailsAsync(Func<Task> call, string code, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        FailsAsync<AmazonSQSException>(call, code, status);

    protected static Task<AmazonSQSException> IsInvalidAsync(Func<Task> call) => FailsAsync(call, "InvalidParameterValue");
}
