using Amazon.SQS;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>What a key may do, and in which queues; who needs none.</summary>
public sealed class AccessKeyTests(AppFixture app, LockedApp locked) : IClassFixture<LockedApp>
{
    private const string List = "Action=ListQueues&Version=2012-11-05&QueueNamePrefix=none";

    [Fact]
    public async Task A_key_does_what_it_has_the_right_to_and_nothing_else()
    {
        var url = (await locked.Owner.CreateQueueAsync("locked-1")).QueueUrl;
        var managed = (await locked.Owner.CreateQueueAsync("managed-1")).QueueUrl;
        var (sender, receiver, manager) = (
            locked.Client("SENDER", "the secret of the sender"),
            locked.Client("RECEIVER", "the secret of the receiver"),
            locked.Client("MANAGER", "the secret of the manager")
        );
        await sender.SendMessageAsync(url, "x");
        await sender.SendMessageBatchAsync(url, [new("a", "y")]);
        var message = (await receiver.ReceiveMessageAsync(url)).Messages.ShouldHaveSingleItem();
        await receiver.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 10);
        await receiver.DeleteMessageAsync(url, message.ReceiptHandle);
        await manager.PurgeQueueAsync(managed);
        foreach (var anybody in new[] { sender, receiver })
        {
            (await anybody.GetQueueUrlAsync("locked-1")).QueueUrl.ShouldBe(url);
            (await anybody.GetQueueAttributesAsync(url, ["All"])).QueueARN.ShouldNotBeNull();
        }

        foreach (
            var call in new Func<Task>[]
            {
                () => receiver.SendMessageAsync(url, "x"),
                () => receiver.SendMessageBatchAsync(url, [new("a", "x")]),
                () => sender.ReceiveMessageAsync(url),
                () => sender.DeleteMessageAsync(url, "r"),
                () => sender.DeleteMessageBatchAsync(url, [new("a", "r")]),
                () => sender.ChangeMessageVisibilityAsync(url, "r", 1),
                () => sender.ChangeMessageVisibilityBatchAsync(url, [new("a", "r")]),
                () => sender.CreateQueueAsync("locked-2"),
                () => sender.DeleteQueueAsync(url),
                () => sender.PurgeQueueAsync(url),
                () => sender.SetQueueAttributesAsync(url, new() { ["DelaySeconds"] = "1" }),
                () => sender.AddPermissionAsync(url, "l", ["111111111111"], ["*"]),
                () => sender.RemovePermissionAsync(url, "l"),
                () =>
                    sender.TagQueueAsync(
                        new TagQueueRequest
                        {
                            QueueUrl = url,
                            Tags = new() { ["a"] = "b" },
                        }
                    ),
                () => sender.UntagQueueAsync(new UntagQueueRequest { QueueUrl = url, TagKeys = ["a"] }),
                () => sender.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = "arn" }),
                () => sender.CancelMessageMoveTaskAsync(new CancelMessageMoveTaskRequest { TaskHandle = "h" }),
                () => manager.SendMessageAsync(managed, "x"),
                () => manager.ReceiveMessageAsync(managed),
            }
        )
        {
            var refused = await Should.ThrowAsync<AmazonSQSException>(call);
            (refused.StatusCode, refused.ErrorCode).ShouldBe((HttpStatusCode.Forbidden, "AccessDenied"), refused.Message);
        }
    }

    [Fact]
    public async Task A_key_reaches_the_queues_of_its_pattern_and_no_others()
    {
        var (one, ten, extra) = (
            (await locked.Owner.CreateQueueAsync("locked-a")).QueueUrl,
            (await locked.Owner.CreateQueueAsync("locked-10")).QueueUrl,
            (await locked.Owner.CreateQueueAsync("extra")).QueueUrl
        );
        var (sender, receiver, manager) = (
            locked.Client("SENDER", "the secret of the sender"),
            locked.Client("RECEIVER", "the secret of the receiver"),
            locked.Client("MANAGER", "the secret of the manager")
        );
        await sender.SendMessageAsync(ten, "x");
        await sender.SendMessageAsync(extra, "x");
        await receiver.ReceiveMessageAsync(one);
        foreach (
            var call in new Func<Task>[]
            {
                () => receiver.ReceiveMessageAsync(ten),
                () => receiver.ReceiveMessageAsync(extra),
                () => receiver.GetQueueUrlAsync("extra"),
                () => receiver.GetQueueAttributesAsync(extra, ["All"]),
                () => receiver.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = extra }),
                () => receiver.ReceiveMessageAsync(one.Replace("locked-a", "there-is-none", StringComparison.Ordinal)),
                () => manager.CreateQueueAsync("extra-2"),
                () => manager.DeleteQueueAsync(extra),
                () => receiver.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = extra }),
                () =>
                    receiver.ListMessageMoveTasksAsync(
                        new ListMessageMoveTasksRequest { SourceArn = "arn:aws:sqs:eu-central-1:123456789012:extra" }
                    ),
                () =>
                    manager.StartMessageMoveTaskAsync(
                        new StartMessageMoveTaskRequest { SourceArn = "arn:aws:sqs:eu-central-1:123456789012:extra" }
                    ),
            }
        )
        {
            (await Should.ThrowAsync<AmazonSQSException>(call)).ErrorCode.ShouldBe("AccessDenied");
        }

        (await receiver.ListQueuesAsync("")).QueueUrls.ShouldAllBe(u =>
            u.Contains("/locked-", StringComparison.Ordinal) && !u.EndsWith("10", StringComparison.Ordinal)
        );
        (await receiver.ListQueuesAsync("locked-a")).QueueUrls.ShouldBe([one]);
        (await receiver.ListQueuesAsync("extra")).QueueUrls.ShouldBeNull();
    }

    [Fact]
    public async Task A_task_that_would_move_messages_to_queues_out_of_reach_is_refused()
    {
        var dead = (await locked.Owner.CreateQueueAsync("managed-dead")).QueueUrl;
        var arn = "arn:aws:sqs:eu-central-1:123456789012:";
        await locked.Owner.CreateQueueAsync(
            new CreateQueueRequest
            {
                QueueName = "foreign",
                Attributes = new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{arn}}managed-dead","maxReceiveCount":1}""" },
            }
        );
        dead.ShouldNotBeNull();
        var manager = locked.Client("MANAGER", "the secret of the manager");
        foreach (var destination in new[] { null, arn + "foreign" })
        {
            var refused = await Should.ThrowAsync<AmazonSQSException>(() =>
                manager.StartMessageMoveTaskAsync(
                    new StartMessageMoveTaskRequest { SourceArn = arn + "managed-dead", DestinationArn = destination }
                )
            );
            (refused.ErrorCode, refused.Message.Contains("foreign", StringComparison.Ordinal)).ShouldBe(("AccessDenied", true));
        }
    }

    [Theory]
    [InlineData("Never", true)]
    [InlineData("withoutKeys", false)]
    public async Task Unsigned_requests_are_taken_when_the_setting_says_so(string setting, bool refused)
    {
        await using var process = await AppProcess.StartAsync(
            app.Environment(new() { ["FuncQueueSqs__Unsigned"] = setting, ["FuncQueue__RegistryTable"] = "unsigned" + setting })
        );
        var unsigned = new SignedHttp(process.Address + "/sqs") { Tamper = r => r.Headers.Remove("Authorization") };
        (await unsigned.QueryAsync(List)).Code.ShouldBe(refused ? "MissingAuthenticationToken" : null);
        // A signature is looked at unless nobody has a key.
        (await new SignedHttp(process.Address + "/sqs").QueryAsync(List)).Code.ShouldBe(
            setting == "withoutKeys" ? null : "InvalidClientTokenId"
        );
    }

    [Theory]
    [InlineData("Keys__0__AccessKeyId", "", "FuncQueueSqs:Keys:0:AccessKeyId must be")]
    [InlineData("Keys__0__SecretAccessKey", "short", "FuncQueueSqs__Keys__0__SecretAccessKey must be at least 16 bytes")]
    [InlineData("Keys__0__Rights", "", "FuncQueueSqs:Keys:0:Rights must name")]
    [InlineData("Keys__0__Rights", "send,own", "FuncQueueSqs:Keys:0:Rights must be")]
    [InlineData("Keys__0__Queues", "a b", "FuncQueueSqs:Keys:0:Queues must be")]
    [InlineData("Keys__1__AccessKeyId", "AKIDEXAMPLE", "FuncQueueSqs:Keys has the id AKIDEXAMPLE more than once")]
    [InlineData("AccountId", "me", "FuncQueueSqs:AccountId must be 12 digits")]
    [InlineData("Region", "EU", "FuncQueueSqs:Region must be")]
    [InlineData("Unsigned", "perhaps", "FuncQueueSqs:Unsigned must be")]
    public async Task A_setting_that_cannot_be_used_is_told_at_the_start(string setting, string value, string says)
    {
        var environment = new Dictionary<string, string?>();
        foreach (var key in new[] { "0", "1" })
        {
            environment[$"FuncQueueSqs__Keys__{key}__AccessKeyId"] = key == "0" ? "AKIDEXAMPLE" : "OTHER";
            environment[$"FuncQueueSqs__Keys__{key}__SecretAccessKey"] = LockedApp.Secret;
            environment[$"FuncQueueSqs__Keys__{key}__Rights"] = "send";
        }

        environment["FuncQueueSqs__" + setting] = value;
        var (exitCode, output) = await AppProcess.RunAsync(app.Environment(environment), "--urls", "http://127.0.0.1:0");
        exitCode.ShouldNotBe(0);
        output.ShouldContain(says);
        output.ShouldNotContain(LockedApp.Secret);
    }
}
