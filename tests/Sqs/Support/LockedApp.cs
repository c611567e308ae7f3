using Amazon.SQS;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>An app that has access keys.</summary>
public sealed class LockedApp(AppFixture app) : IAsyncLifetime
{
    public const string Secret = "tests-only/9fKc+7Qm2Xv0LhT3bE1uRz";

    public AppProcess App { get; private set; } = null!;

    public string Endpoint => App.Address + "/sqs";

    public async ValueTask InitializeAsync() =>
        App = await AppProcess.StartAsync(
            app.Environment(
                new()
                {
                    ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
                    ["FuncQueueSqs__Keys__0__SecretAccessKey"] = Secret,
                    ["FuncQueueSqs__Keys__0__Rights"] = "send, receive, manage",
                    ["FuncQueueSqs__Keys__1__AccessKeyId"] = "SENDER",
                    ["FuncQueueSqs__Keys__1__SecretAccessKey"] = "the secret of the sender",
                    ["FuncQueueSqs__Keys__1__Rights"] = "send",
                    ["FuncQueueSqs__Keys__1__Queues"] = "locked-*,extra",
                    ["FuncQueueSqs__Keys__2__AccessKeyId"] = "RECEIVER",
                    ["FuncQueueSqs__Keys__2__SecretAccessKey"] = "the secret of the receiver",
                    ["FuncQueueSqs__Keys__2__Rights"] = "receive",
                    ["FuncQueueSqs__Keys__2__Queues"] = "locked-?",
                    ["FuncQueueSqs__Keys__3__AccessKeyId"] = "MANAGER",
                    ["FuncQueueSqs__Keys__3__SecretAccessKey"] = "the secret of the manager",
                    ["FuncQueueSqs__Keys__3__Rights"] = "Manage",
                    ["FuncQueueSqs__Keys__3__Queues"] = "managed-*",
                    ["LocalHost__HostKey"] = KeyMaker.HostKey,
                    ["FuncQueueSqs__AccountId"] = "123456789012",
                    ["FuncQueueSqs__Region"] = "eu-central-1",
                    ["FuncQueue__RegistryTable"] = "locked" + Guid.NewGuid().ToString("N"),
                }
            )
        );

    public ValueTask DisposeAsync() => App.DisposeAsync();

    public AmazonSQSClient Client(string key, string secret) => SqsTest.Client(App.Address, key, secret);

    /// <summary>Of the key that may do everything.</summary>
    public AmazonSQSClient Owner => Client("AKIDEXAMPLE", Secret);
}
