namespace FuncQueue.Sqs.Tests;

/// <summary>Every action of SQS and of SNS, by one who may and by one who may not: who did what to which queue or topic is noted.</summary>
public sealed class ActionAuditTests(AppFixture app, LockedApp locked) : SnsTest(app), IClassFixture<LockedApp>
{
    private const string Queue = "audited";
    private const string Dead = "audited-dead";
    private const string QueueArn = "arn:aws:sqs:eu-central-1:123456789012:" + Queue;
    private const string DeadArn = "arn:aws:sqs:eu-central-1:123456789012:" + Dead;
    private const string TopicArn = "arn:aws:sns:eu-central-1:123456789012:" + Queue;
    private const string SubscriptionArn = TopicArn + ":" + Queue;

    private static readonly string[] Rights = ["send", "receive", "inspect", "redrive", "manage"];
    private static readonly string[] Kept = ["redrive", "manage"];

    /// <summary>Actions of SQS on <see cref="Queue"/>, each with the right that it takes and what it wants beside the queue.</summary>
    private static readonly (string Action, string Right, string Parameters)[] OfQueues =
    [
        ("CreateQueue", "manage", "QueueName=" + Queue),
        ("SetQueueAttributes", "manage", "Attribute.1.Name=DelaySeconds&Attribute.1.Value=1"),
        ("TagQueue", "manage", "Tag.1.Key=a&Tag.1.Value=b"),
        ("UntagQueue", "manage", "TagKey.1=a"),
        ("AddPermission", "manage", "Label=l&AWSAccountId.1=111111111111&ActionName.1=SendMessage"),
        ("RemovePermission", "manage", "Label=l"),
        ("GetQueueUrl", "inspect", "QueueName=" + Queue),
        ("ListDeadLetterSourceQueues", "inspect", ""),
        ("GetQueueAttributes", "inspect", "AttributeName.1=All"),
        ("ListQueueTags", "inspect", ""),
        ("SendMessage", "send", "MessageBody=x"),
        ("SendMessageBatch", "send", "SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=x"),
        ("ReceiveMessage", "receive", ""),
        ("DeleteMessage", "receive", "ReceiptHandle=r"),
        ("DeleteMessageBatch", "receive", "DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle=r"),
        ("ChangeMessageVisibility", "receive", "ReceiptHandle=r&VisibilityTimeout=1"),
        (
            "ChangeMessageVisibilityBatch",
            "receive",
            "ChangeMessageVisibilityBatchRequestEntry.1.Id=a&ChangeMessageVisibilityBatchRequestEntry.1.ReceiptHandle=r"
        ),
        ("PurgeQueue", "manage", ""),
        ("DeleteQueue", "manage", ""),
    ];

    private static readonly (string Action, string Right, (string Name, string Value)[] Parameters)[] OfTopics =
    [
        ("CreateTopic", "manage", [("Name", Queue)]),
        ("SetTopicAttributes", "manage", [("AttributeName", "DisplayName"), ("AttributeValue", "x")]),
        ("AddPermission", "manage", [("Label", "l"), ("AWSAccountId.member.1", "111111111111"), ("ActionName.member.1", "Publish")]),
        ("RemovePermission", "manage", [("Label", "l")]),
        ("TagResource", "manage", [("ResourceArn", TopicArn), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")]),
        ("UntagResource", "manage", [("ResourceArn", TopicArn), ("TagKeys.member.1", "a")]),
        ("GetTopicAttributes", "inspect", []),
        ("ListTagsForResource", "inspect", [("ResourceArn", TopicArn)]),
        ("ListSubscriptionsByTopic", "inspect", []),
        ("Subscribe", "manage", [("Protocol", "sqs"), ("Endpoint", QueueArn)]),
        ("GetSubscriptionAttributes", "inspect", [("SubscriptionArn", SubscriptionArn)]),
        (
            "SetSubscriptionAttributes",
            "manage",
            [("SubscriptionArn", SubscriptionArn), ("AttributeName", "RawMessageDelivery"), ("AttributeValue", "true")]
        ),
        ("Publish", "send", [("Message", "x")]),
        ("PublishBatch", "send", [("PublishBatchRequestEntries.member.1.Id", "a"), ("PublishBatchRequestEntries.member.1.Message", "x")]),
        ("Unsubscribe", "manage", [("SubscriptionArn", SubscriptionArn)]),
        ("DeleteTopic", "manage", []),
    ];

    private string QueueUrl => $"{locked.Endpoint}/123456789012/{Queue}";

    private KeyMaker Keys => new(locked.App.Address, KeyMaker.HostKey);

    [Fact]
    public async Task An_action_that_may_change_things_is_noted_and_no_other()
    {
        var key = await Keys.MakeAsync("action-auditor", Rights, ["audited*", "topic:audited"]);
        List<string> expected = [];
        foreach (var (action, right, parameters) in OfQueues)
        {
            await SqsAsync("action-auditor", key, action, parameters);
            if (Kept.Contains(right))
                expected.Add($"{action} (right {right}) on queue:{Queue}.");
        }

        await SqsAsync("action-auditor", key, "ListQueues", "");
        expected.AddRange(await MoveAsync(key));
        await SqsAsync("action-auditor", key, "CreateQueue", "QueueName=" + Queue);
        expected.Add($"CreateQueue (right manage) on queue:{Queue}.");
        foreach (var (action, right, parameters) in OfTopics)
        {
            await SnsAsync(Signer("action-auditor", key, "sns"), action, OnTopic(parameters));
            if (Kept.Contains(right))
                expected.Add($"{action} (right {right}) on topic:{Queue}.");
            // It is for the queue's owner, too.
            if (action == "Subscribe")
                expected.Add($"{action} (right {right}) on queue:{Queue}.");
        }

        await SnsAsync(Signer("action-auditor", key, "sns"), "ListTopics");
        await SnsAsync(Signer("action-auditor", key, "sns"), "ListSubscriptions");
        await NotedAsync("action-auditor may ", expected);
        AuditLines.Of(locked.App.Output, "action-auditor was refused ").ShouldBeEmpty();
    }

    [Fact]
    public async Task An_action_that_is_refused_is_noted()
    {
        // Of a key that opens nothing here.
        var key = await Keys.MakeAsync("action-outsider", Rights, ["elsewhere", "topic:elsewhere"]);
        foreach (var (action, _, parameters) in OfQueues)
            await SqsAsync("action-outsider", key, action, parameters);
        await SqsAsync("action-outsider", key, "StartMessageMoveTask", "SourceArn=" + QueueArn);
        await SqsAsync("action-outsider", key, "ListMessageMoveTasks", "SourceArn=" + QueueArn);
        foreach (var (action, _, parameters) in OfTopics)
            await SnsAsync(Signer("action-outsider", key, "sns"), action, OnTopic(parameters));
        await NotedAsync(
            "action-outsider was refused ",
            [
                .. OfQueues.Select(o => $"{o.Action} (right {o.Right}) on queue:{Queue}."),
                $"StartMessageMoveTask (right redrive) on queue:{Queue}.",
                $"ListMessageMoveTasks (right inspect) on queue:{Queue}.",
                .. OfTopics.Select(o => $"{o.Action} (right {o.Right}) on topic:{Queue}."),
            ]
        );
    }

    [Fact]
    public async Task An_action_without_the_right_to_it_anywhere_is_noted()
    {
        var key = await Keys.MakeAsync("action-sender", ["send"], ["*"]);
        await SqsAsync("action-sender", key, "ListQueues", "");
        await SqsAsync("action-sender", key, "CancelMessageMoveTask", "TaskHandle=x");
        await SnsAsync(Signer("action-sender", key, "sns"), "ListTopics");
        await NotedAsync(
            "action-sender was refused ",
            ["ListQueues (right inspect) on *.", "CancelMessageMoveTask (right redrive) on *.", "ListTopics (right inspect) on *."]
        );
    }

    /// <summary>A task that moves dead letters back, and its end; what is to be noted of it.</summary>
    private async Task<IEnumerable<string>> MoveAsync(string key)
    {
        await SqsAsync("action-auditor", key, "CreateQueue", "QueueName=" + Dead);
        var policy = Uri.EscapeDataString($$"""{"deadLetterTargetArn":"{{DeadArn}}","maxReceiveCount":1}""");
        const string source = "audited-source";
        await SqsAsync(
            "action-auditor",
            key,
            "CreateQueue",
            $"QueueName={source}&Attribute.1.Name=RedrivePolicy&Attribute.1.Value={policy}"
        );
        var started = await SqsAsync("action-auditor", key, "StartMessageMoveTask", "SourceArn=" + DeadArn);
        var handle = started.Element("StartMessageMoveTaskResult", "TaskHandle").ShouldNotBeNull(started.Text);
        await SqsAsync("action-auditor", key, "ListMessageMoveTasks", "SourceArn=" + DeadArn);
        await SqsAsync("action-auditor", key, "CancelMessageMoveTask", "TaskHandle=" + Uri.EscapeDataString(handle));
        return
        [
            $"CreateQueue (right manage) on queue:{Dead}.",
            $"CreateQueue (right manage) on queue:{source}.",
            $"StartMessageMoveTask (right redrive) on queue:{Dead}.",
            // Where the messages go back to, it takes one of these.
            $"StartMessageMoveTask (right send or manage) on queue:{source}.",
            $"CancelMessageMoveTask (right redrive) on queue:{Dead}.",
        ];
    }

    private Task<SqsReply> SqsAsync(string id, string key, string action, string parameters) =>
        Signer(id, key, "sqs")
            .QueryAsync(
                $"Action={action}&Version=2012-11-05"
                    + (parameters.Contains("QueueName=", StringComparison.Ordinal) ? "" : $"&QueueUrl={Uri.EscapeDataString(QueueUrl)}")
                    + (parameters.Length > 0 ? "&" + parameters : "")
            );

    private SignedHttp Signer(string id, string key, string service) =>
        new(locked.App.Address)
        {
            KeyId = id,
            Secret = key,
            Service = service,
        };

    private static (string Name, string Value)[] OnTopic((string Name, string Value)[] parameters) =>
        parameters.Any(p => p.Name is "Name" or "ResourceArn" or "SubscriptionArn") ? parameters : [("TopicArn", TopicArn), .. parameters];

    /// <summary>The lines that begin so go on like these, in their order, and there are no others.</summary>
    private async Task NotedAsync(string who, List<string> expected)
    {
        var lines = await AuditLines.WaitAsync(() => locked.App.Output, who, expected.Count);
        lines.ShouldBe([.. expected.Select(line => who + line)]);
    }
}
