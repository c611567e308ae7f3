using Amazon.SQS;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>Keys that were made over HTTP sign requests of SQS: the access key id is the name, the secret is the key.</summary>
public sealed class KeyTests(LockedApp locked) : IClassFixture<LockedApp>
{
    private const string Arn = "arn:aws:sqs:eu-central-1:123456789012:";

    private static readonly string[] Rights = ["send", "receive", "peek", "inspect", "redrive", "manage", "keys"];

    /// <summary>Each action, the rights that it takes, and a call of it on a queue.</summary>
    public static TheoryData<string, string> Actions =>
        new()
        {
            { "CreateQueue", "manage" },
            { "DeleteQueue", "manage" },
            { "GetQueueUrl", "inspect manage" },
            { "ListQueues", "inspect manage" },
            { "ListDeadLetterSourceQueues", "inspect manage" },
            { "PurgeQueue", "manage" },
            { "GetQueueAttributes", "inspect manage" },
            { "SetQueueAttributes", "manage" },
            { "TagQueue", "manage" },
            { "UntagQueue", "manage" },
            { "ListQueueTags", "inspect manage" },
            { "AddPermission", "manage" },
            { "RemovePermission", "manage" },
            { "SendMessage", "send manage" },
            { "SendMessageBatch", "send manage" },
            { "ReceiveMessage", "receive manage" },
            { "DeleteMessage", "receive manage" },
            { "DeleteMessageBatch", "receive manage" },
            { "ChangeMessageVisibility", "receive manage" },
            { "ChangeMessageVisibilityBatch", "receive manage" },
            { "StartMessageMoveTask", "redrive manage" },
            { "ListMessageMoveTasks", "inspect manage" },
            { "CancelMessageMoveTask", "redrive manage" },
        };

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task An_action_takes_its_right_on_its_queue_and_no_other(string action, string rights)
    {
        foreach (var right in Rights)
        {
            foreach (var resource in new[] { "there*", "elsewhere", "There*", "topic:there*" })
            {
                var name =
                    $"{right}.{resource.Replace("*", "", StringComparison.Ordinal).Replace(":", "-", StringComparison.Ordinal)}.{action}";
                var key = await Keys.MakeAsync(name, [right], right == "keys" ? ["*"] : [resource]);
                var reply = await Signed(name, key).JsonAsync(action, Input(action));
                // A list shows what matches: here, nothing.
                var allowed = rights.Split(' ').Contains(right) && (resource == "there*" || action == "ListQueues");
                (reply.Code == "AccessDenied").ShouldBe(!allowed, $"{action} with {right} on {resource}: {reply.Text}");
                if (!allowed)
                    reply.Status.ShouldBe(HttpStatusCode.Forbidden);
            }
        }
    }

    [Fact]
    public void The_table_has_every_action() =>
        Actions
            .Select(a => a.Data.Item1)
            .ShouldBe(
                typeof(IAmazonSQS)
                    .GetMethods()
                    .Select(m => m.Name.Replace("Async", "", StringComparison.Ordinal))
                    .Where(name => typeof(IAmazonSQS).Assembly.GetType($"Amazon.SQS.Model.{name}Request") is not null)
                    .Distinct(),
                ignoreOrder: true
            );

    [Fact]
    public async Task An_SDK_sends_and_receives_with_keys_and_the_message_says_who_has_sent_it()
    {
        await Owner.CreateQueueAsync("sdk");
        var (producer, worker) = (
            locked.Client("producer", await Keys.MakeAsync("producer", ["send", "inspect"], ["sdk"])),
            locked.Client("worker", await Keys.MakeAsync("worker", ["receive", "inspect"], ["sdk"]))
        );
        var url = (await producer.GetQueueUrlAsync("sdk")).QueueUrl;
        await producer.SendMessageAsync(url, "x");
        var message = (
            await worker.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = url, MessageSystemAttributeNames = ["All"] })
        ).Messages.ShouldHaveSingleItem();
        message.Attributes["SenderId"].ShouldBe("producer");
        await worker.DeleteMessageAsync(url, message.ReceiptHandle);
        (await Should.ThrowAsync<AmazonSQSException>(() => worker.SendMessageAsync(url, "x"))).ErrorCode.ShouldBe("AccessDenied");
        (await Should.ThrowAsync<AmazonSQSException>(() => producer.ReceiveMessageAsync(url))).ErrorCode.ShouldBe("AccessDenied");
    }

    [Fact]
    public async Task Replaced_keys_sign_during_the_overlap_and_revoked_and_expired_ones_do_not()
    {
        var first = await Keys.MakeAsync("rotated", ["inspect"], ["*"]);
        var second = await Keys.RotateAsync("rotated", 3600);
        (await CodeAsync("rotated", first)).ShouldBeNull();
        (await CodeAsync("rotated", second)).ShouldBeNull();
        var third = await Keys.RotateAsync("rotated", 0);
        (await CodeAsync("rotated", first)).ShouldBe("SignatureDoesNotMatch");
        (await CodeAsync("rotated", second)).ShouldBe("SignatureDoesNotMatch");
        (await CodeAsync("rotated", third)).ShouldBeNull();
        // Another name, the name in another case, a key of another name, something else.
        (await CodeAsync("Rotated", third)).ShouldBe("InvalidClientTokenId");
        (await CodeAsync("rotated", third[..^1])).ShouldBe("SignatureDoesNotMatch");
        (await CodeAsync("rotated", "")).ShouldBe("SignatureDoesNotMatch");
        await Keys.MakeAsync("another", ["inspect"], ["*"]);
        (await CodeAsync("another", third)).ShouldBe("SignatureDoesNotMatch");
        await Keys.DeleteAsync("rotated");
        (await CodeAsync("rotated", third)).ShouldBe("InvalidClientTokenId");
        var expired = await Keys.MakeAsync("expired", ["inspect"], ["*"], TimeProvider.System.GetUtcNow().AddSeconds(-1));
        (await CodeAsync("expired", expired)).ShouldBe("InvalidClientTokenId");
    }

    /// <summary>What is dead-lettered is sent to the target: who may not send there does not make it one.</summary>
    [Fact]
    public async Task A_redrive_policy_wants_the_right_to_send_to_its_target()
    {
        foreach (var name in new[] { "mine", "mine-dead", "payroll" })
            await Owner.CreateQueueAsync(name);
        var key = await Keys.MakeAsync("keeper", ["manage"], ["mine*"]);
        foreach (var (target, code) in new[] { ("payroll", "AccessDenied"), ("mine-dead", null) })
        {
            var policy = $$"""{\"deadLetterTargetArn\":\"{{Arn}}{{target}}\",\"maxReceiveCount\":3}""";
            (
                await Signed("keeper", key)
                    .JsonAsync(
                        "SetQueueAttributes",
                        $$$"""{"QueueUrl":"{{{Url("mine")}}}","Attributes":{"RedrivePolicy":"{{{policy}}}"}}"""
                    )
            ).Code.ShouldBe(code);
            (
                await Signed("keeper", key)
                    .JsonAsync("CreateQueue", $$$"""{"QueueName":"mine-{{{target}}}","Attributes":{"RedrivePolicy":"{{{policy}}}"}}""")
            ).Code.ShouldBe(code);
        }
    }

    [Fact]
    public async Task A_task_that_moves_messages_wants_the_right_to_send_where_they_go()
    {
        foreach (var name in new[] { "from", "to" })
            await Owner.CreateQueueAsync(name);
        await Owner.SetQueueAttributesAsync(
            Url("to"),
            new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{Arn}}from","maxReceiveCount":3}""" }
        );
        var support = await Keys.MakeAsync("support", ["redrive"], ["from", "to"]);
        var mover = await Keys.MakeAsync("mover", ["redrive", "send"], ["from", "to"]);
        foreach (
            var task in new[] { $$"""{"SourceArn":"{{Arn}}from"}""", $$"""{"SourceArn":"{{Arn}}from","DestinationArn":"{{Arn}}to"}""" }
        )
        {
            (await Signed("support", support).JsonAsync("StartMessageMoveTask", task)).Code.ShouldBe("AccessDenied");
            await Until.TrueAsync(
                async () => (await Signed("mover", mover).JsonAsync("StartMessageMoveTask", task)).Code is null,
                "the task before it has ended"
            );
        }
    }

    private AmazonSQSClient Owner => locked.Owner;

    private KeyMaker Keys => new(locked.App.Address, KeyMaker.HostKey);

    private SignedHttp Signed(string name, string key) => new(locked.Endpoint) { KeyId = name, Secret = key };

    private async Task<string?> CodeAsync(string name, string key) => (await Signed(name, key).JsonAsync("ListQueues", "{}")).Code;

    private string Url(string queue) => $"{locked.App.Address}/123456789012/{queue}";

    /// <summary>A call on a queue that there is not, with nothing else wrong before the queue is looked for.</summary>
    private string Input(string action) =>
        action switch
        {
            "CreateQueue" => """{"QueueName":"there","Attributes":{"DelaySeconds":"-1"}}""",
            "GetQueueUrl" => """{"QueueName":"there"}""",
            "ListQueues" => """{"QueueNamePrefix":"there"}""",
            "StartMessageMoveTask" or "ListMessageMoveTasks" => $$"""{"SourceArn":"{{Arn}}there"}""",
            "CancelMessageMoveTask" => $$"""{"TaskHandle":"{{Handle}}"}""",
            _ => $$"""{"QueueUrl":"{{Url("there")}}"}""",
        };

    private static string Handle =>
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($$"""{"taskId":"{{Guid.Empty}}","sourceArn":"{{Arn}}there"}"""));
}
