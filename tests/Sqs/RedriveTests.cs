using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>RedrivePolicy, RedriveAllowPolicy, ListDeadLetterSourceQueues and the message move tasks.</summary>
public sealed class RedriveTests(AppFixture app) : SqsTest(app)
{
    [Theory]
    [InlineData("")]
    [InlineData(".fifo")]
    public async Task A_message_that_was_received_too_often_goes_to_the_dead_letter_queue(string suffix)
    {
        var fifo = suffix.Length > 0;
        var dead = await NewQueueAsync(suffix);
        var url = await NewQueueAsync(suffix, ("RedrivePolicy", Policy(dead, 2)));
        var sent = await Sqs.SendMessageAsync(new SendMessageRequest(url, "poison")
        {
            MessageGroupId = fifo ? "g" : null,
            MessageAttributes = new() { ["a"] = new() { DataType = "Number", StringValue = "1" } },
        });
        for (var i = 1; i <= 2; i++)
        {
            var message = await ReceiveOneAsync(url, r => (r.MessageSystemAttributeNames, r.VisibilityTimeout) = (["All"], 1));
            message.Attributes["ApproximateReceiveCount"].ShouldBe($"{i}");
            message.Attributes.ContainsKey("DeadLetterQueueSourceArn").ShouldBeFalse();
        }

        Message? arrived = null;
        await Until.TrueAsync(
            async () =>
            {
                // As SQS does it: the receive after the last one moves the message.
                (await ReceiveAsync(url, r => r.WaitTimeSeconds = 0)).ShouldBeEmpty();
                arrived = (await ReceiveAsync(dead, r => (r.WaitTimeSeconds, r.MessageSystemAttributeNames, r.MessageAttributeNames) = (0, ["All"], ["All"]))).SingleOrDefault();
                return arrived is not null;
            },
            "the message arrives in the dead-letter queue");
        arrived!.Body.ShouldBe("poison");
        arrived.MessageId.ShouldBe(sent.MessageId);
        arrived.MessageAttributes["a"].DataType.ShouldBe("Number");
        arrived.Attributes["DeadLetterQueueSourceArn"].ShouldBe(ArnOf(url));
        arrived.Attributes["ApproximateReceiveCount"].ShouldBe("1");
        var counts = await Sqs.GetQueueAttributesAsync(url, ["All"]);
        (counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible).ShouldBe(0);
        (await Http.GetAsync(PathOf(url))).Json["counts"]!["deadLettered"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_visibility_of_0_after_the_last_receive_moves_the_message_on()
    {
        var dead = await QueueAsync();
        var url = await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        await Sqs.SendMessageAsync(url, "x");
        await Sqs.ChangeMessageVisibilityAsync(url, (await ReceiveOneAsync(url)).ReceiptHandle, 0);
        (await ReceiveOneAsync(dead)).Body.ShouldBe("x");
    }

    [Fact]
    public async Task A_queue_without_a_redrive_policy_delivers_without_a_limit()
    {
        var url = await QueueAsync();
        await Sqs.SendMessageAsync(url, "x");
        for (var i = 1; i <= 12; i++)
            (await ReceiveOneAsync(url, r => (r.VisibilityTimeout, r.MessageSystemAttributeNames) = (0, ["All"]))).Attributes["ApproximateReceiveCount"].ShouldBe($"{i}");
    }

    [Fact]
    public async Task A_redrive_policy_is_shown_changed_and_removed_and_the_HTTP_API_sees_its_count()
    {
        var (dead, other) = (await QueueAsync(), await QueueAsync());
        var url = await QueueAsync(("RedrivePolicy", $$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}","maxReceiveCount":"3"}"""));
        (await AttributeAsync(url)).ShouldBe(Policy(dead, 3));
        (await Http.GetAsync(PathOf(url))).Json["maxDeliveryCount"]!.GetValue<int>().ShouldBe(3);
        await Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = Policy(other, 1000) });
        (await AttributeAsync(url)).ShouldBe(Policy(other, 1000));
        await Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}"}""" });
        (await AttributeAsync(url)).ShouldBe(Policy(dead, 10));
        await Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = "" });
        (await AttributeAsync(url)).ShouldBeNull();
        (await Http.GetAsync(PathOf(url))).Json["maxDeliveryCount"].ShouldBeNull();
    }

    [Fact]
    public async Task A_redrive_policy_that_cannot_be_kept_is_refused()
    {
        var (url, dead, fifo) = (await QueueAsync(), await QueueAsync(), await NewQueueAsync(".fifo"));
        foreach (var (policy, reason) in new[]
        {
            ("no JSON", "Redrive policy is not a valid JSON map."),
            ("[]", "Redrive policy is not a valid JSON map."),
            ("""{"maxReceiveCount":3}""", "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."),
            ("""{"deadLetterTargetArn":"dummy","maxReceiveCount":42}""", "Invalid value for deadLetterTargetArn."),
            ("""{"deadLetterTargetArn":"\ud800","maxReceiveCount":42}""", "Redrive policy is not a valid JSON map."),
            ($$"""{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:111111111111:{{NameOf(dead)}}","maxReceiveCount":3}""", "Invalid value for deadLetterTargetArn."),
            (Policy(dead, 0), "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive."),
            (Policy(dead, 1001), "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive."),
            ($$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}","maxReceiveCount":true}""", "Invalid value for maxReceiveCount: true, valid values are from 1 to 1000 both inclusive."),
            (Policy(dead + "-none", 3), "Dead letter target does not exist."),
            (Policy(fifo, 3), "Dead-letter queue must be same type of queue as the source."),
            (Policy(url, 3), "A queue cannot be its own dead letter target."),
        })
        {
            (await IsInvalidAsync(() => Sqs.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = policy }))).Message.ShouldEndWith("Reason: " + reason);
        }

        await IsInvalidAsync(() => QueueAsync(("RedrivePolicy", Policy(dead + "-none", 3))));
        (await AttributeAsync(url)).ShouldBeNull();
    }

    [Fact]
    public async Task A_dead_letter_queue_says_who_may_use_it()
    {
        var (friend, stranger) = (await QueueAsync(), await QueueAsync());
        var dead = await QueueAsync(("RedriveAllowPolicy", $$"""{"redrivePermission":"byQueue","sourceQueueArns":["{{ArnOf(friend)}}"]}"""));
        await Sqs.SetQueueAttributesAsync(friend, new() { ["RedrivePolicy"] = Policy(dead, 3) });
        await IsInvalidAsync(() => Sqs.SetQueueAttributesAsync(stranger, new() { ["RedrivePolicy"] = Policy(dead, 3) }));
        await Sqs.SetQueueAttributesAsync(dead, new() { ["RedriveAllowPolicy"] = """{"redrivePermission":"denyAll"}""" });
        await IsInvalidAsync(() => Sqs.SetQueueAttributesAsync(friend, new() { ["RedrivePolicy"] = Policy(dead, 4) }));
        await Sqs.SetQueueAttributesAsync(dead, new() { ["RedriveAllowPolicy"] = """{"redrivePermission":"allowAll"}""" });
        await Sqs.SetQueueAttributesAsync(stranger, new() { ["RedrivePolicy"] = Policy(dead, 3) });
        await Sqs.SetQueueAttributesAsync(dead, new() { ["RedriveAllowPolicy"] = "" });
        (await Sqs.GetQueueAttributesAsync(dead, ["RedriveAllowPolicy"])).Attributes.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_sources_of_a_dead_letter_queue_are_listed_in_pages()
    {
        var dead = await QueueAsync();
        (await Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = dead })).QueueUrls.ShouldBeEmpty();
        var sources = new List<string>();
        for (var i = 0; i < 3; i++)
            sources.Add(await QueueAsync(("RedrivePolicy", Policy(dead, 5))));
        (await Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = dead })).QueueUrls.ShouldBe(sources, ignoreOrder: true);
        var first = await Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = dead, MaxResults = 2 });
        var second = await Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = dead, MaxResults = 2, NextToken = first.NextToken });
        first.QueueUrls.Concat(second.QueueUrls).ShouldBe(sources, ignoreOrder: true);
        second.NextToken.ShouldBeNull();
    }

    [Fact]
    public async Task A_task_moves_every_message_back_to_where_it_came_from()
    {
        var dead = await QueueAsync();
        var (one, two) = (await QueueAsync(("RedrivePolicy", Policy(dead, 1))), await QueueAsync(("RedrivePolicy", Policy(dead, 1))));
        await DieAsync(one, dead, "from one", new string('x', 100_000));
        await DieAsync(two, dead, "from two");
        var handle = (await Sqs.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = ArnOf(dead) })).TaskHandle;
        handle.ShouldNotBeNullOrEmpty();
        var task = await EndedAsync(dead);
        (task.Status, task.ApproximateNumberOfMessagesMoved, task.ApproximateNumberOfMessagesToMove, task.DestinationArn, task.SourceArn, task.TaskHandle, task.FailureReason)
            .ShouldBe(("COMPLETED", 3, 3, null, ArnOf(dead), null, null));
        task.StartedTimestamp!.Value.ShouldBeGreaterThan(1_600_000_000_000);
        var back = await ReceiveAsync(one, r => (r.MaxNumberOfMessages, r.MessageSystemAttributeNames) = (10, ["All"]));
        back.Select(m => m.Body.Length).ShouldBe([8, 100_000], ignoreOrder: true);
        back.ShouldAllBe(m => m.Attributes["ApproximateReceiveCount"] == "1" && !m.Attributes.ContainsKey("DeadLetterQueueSourceArn"));
        (await ReceiveOneAsync(two)).Body.ShouldBe("from two");
        (await Http.GetAsync(PathOf(dead))).Json["counts"]!.ToJsonString().ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".fifo")]
    public async Task A_task_moves_messages_to_a_queue_of_its_own(string suffix)
    {
        var (dead, destination) = (await NewQueueAsync(suffix), await NewQueueAsync(suffix));
        await NewQueueAsync(suffix, ("RedrivePolicy", Policy(dead, 1)));
        for (var i = 0; i < 25; i++)
            await Sqs.SendMessageAsync(new SendMessageRequest(dead, $"{i}") { MessageGroupId = suffix.Length > 0 ? "g" : null });
        await Sqs.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = ArnOf(dead), DestinationArn = ArnOf(destination), MaxNumberOfMessagesPerSecond = 500 });
        var task = await EndedAsync(dead);
        (task.Status, task.ApproximateNumberOfMessagesMoved, task.DestinationArn, task.MaxNumberOfMessagesPerSecond).ShouldBe(("COMPLETED", 25, ArnOf(destination), 500));
        var arrived = new List<int>();
        while (await ReceiveAsync(destination, r => (r.MaxNumberOfMessages, r.WaitTimeSeconds) = (10, 1)) is { Count: > 0 } messages)
        {
            arrived.AddRange(messages.Select(m => int.Parse(m.Body)));
            await Sqs.DeleteMessageBatchAsync(destination, [.. messages.Select((m, i) => new DeleteMessageBatchRequestEntry($"{i}", m.ReceiptHandle))]);
        }

        arrived.ShouldBe(Enumerable.Range(0, 25), ignoreOrder: suffix.Length == 0);
    }

    [Fact]
    public async Task A_task_can_be_cancelled_and_what_it_has_not_moved_stays()
    {
        var (dead, destination) = (await QueueAsync(), await QueueAsync());
        await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        await Sqs.SendMessageBatchAsync(dead, [.. Enumerable.Range(0, 10).Select(i => new SendMessageBatchRequestEntry($"{i}", $"{i}"))]);
        var start = new StartMessageMoveTaskRequest { SourceArn = ArnOf(dead), DestinationArn = ArnOf(destination), MaxNumberOfMessagesPerSecond = 1 };
        var handle = (await Sqs.StartMessageMoveTaskAsync(start)).TaskHandle;
        var running = (await Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead) })).Results.ShouldHaveSingleItem();
        (running.Status, running.TaskHandle, running.ApproximateNumberOfMessagesToMove).ShouldBe(("RUNNING", handle, 10));
        (await IsInvalidAsync(() => Sqs.StartMessageMoveTaskAsync(start))).Message.ShouldStartWith("There is already a task running.");
        await Sqs.CancelMessageMoveTaskAsync(new CancelMessageMoveTaskRequest { TaskHandle = handle });
        var task = await EndedAsync(dead);
        task.Status.ShouldBe("CANCELLED");
        var (left, moved) = (await Sqs.GetQueueAttributesAsync(dead, ["All"]), await Sqs.GetQueueAttributesAsync(destination, ["All"]));
        (left.ApproximateNumberOfMessages + left.ApproximateNumberOfMessagesNotVisible + moved.ApproximateNumberOfMessages).ShouldBe(10);
        moved.ApproximateNumberOfMessages.ShouldBe((int)task.ApproximateNumberOfMessagesMoved!.Value);
        moved.ApproximateNumberOfMessages.ShouldBeLessThan(10);
        await FailsAsync<UnsupportedOperationException>(
            () => Sqs.CancelMessageMoveTaskAsync(new CancelMessageMoveTaskRequest { TaskHandle = handle }), "AWS.SimpleQueueService.UnsupportedOperation");
        // The next may begin.
        await Sqs.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = ArnOf(dead), DestinationArn = ArnOf(destination) });
        (await EndedAsync(dead)).Status.ShouldBe("COMPLETED");
        (await Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead), MaxResults = 10 })).Results.Select(r => r.Status).ShouldBe(["COMPLETED", "CANCELLED"]);
    }

    [Fact]
    public async Task A_message_that_came_from_nowhere_makes_the_task_fail_and_stays()
    {
        var dead = await QueueAsync();
        await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        await Sqs.SendMessageAsync(dead, "sent here directly");
        await Sqs.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = ArnOf(dead) });
        var task = await EndedAsync(dead);
        (task.Status, task.FailureReason, task.ApproximateNumberOfMessagesMoved).ShouldBe(("FAILED", "CouldNotDetermineMessageSource", 0));
        (await ReceiveOneAsync(dead)).Body.ShouldBe("sent here directly");
    }

    [Fact]
    public async Task A_task_whose_destination_is_deleted_fails_and_loses_nothing()
    {
        var (dead, destination) = (await QueueAsync(), await QueueAsync());
        await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        await Sqs.SendMessageBatchAsync(dead, [.. Enumerable.Range(0, 10).Select(i => new SendMessageBatchRequestEntry($"{i}", $"{i}"))]);
        await Sqs.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = ArnOf(dead), DestinationArn = ArnOf(destination), MaxNumberOfMessagesPerSecond = 1 });
        await Sqs.DeleteQueueAsync(destination);
        var task = await EndedAsync(dead);
        (task.Status, task.FailureReason).ShouldBe(("FAILED", "AWS.SimpleQueueService.NonExistentQueue"));
        var left = await Sqs.GetQueueAttributesAsync(dead, ["All"]);
        (left.ApproximateNumberOfMessages + left.ApproximateNumberOfMessagesNotVisible).ShouldBe(10 - (int)task.ApproximateNumberOfMessagesMoved!.Value);
    }

    [Fact]
    public async Task A_task_that_cannot_be_is_refused()
    {
        var (dead, plain, fifo) = (await QueueAsync(), await QueueAsync(), await NewQueueAsync(".fifo"));
        await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        (await IsInvalidAsync(() => StartAsync(ArnOf(plain), null))).Message.ShouldBe("Source queue must be configured as a Dead Letter Queue.");
        (await NotFoundAsync(() => StartAsync(ArnOf(dead) + "-none", null))).Message.ShouldBe("The resource that you specified for the SourceArn parameter doesn't exist.");
        (await NotFoundAsync(() => StartAsync(ArnOf(dead), ArnOf(dead) + "-none"))).Message.ShouldBe("The resource that you specified for the DestinationArn parameter doesn't exist.");
        await NotFoundAsync(() => StartAsync(ArnOf(dead).Replace("000000000000", "111111111111", StringComparison.Ordinal), null));
        await IsInvalidAsync(() => StartAsync(ArnOf(dead), ArnOf(dead)));
        await IsInvalidAsync(() => StartAsync(ArnOf(dead), ArnOf(fifo)));
        await IsInvalidAsync(() => StartAsync("dead", null));
        await IsInvalidAsync(() => StartAsync(ArnOf(dead), null, 501));
        await IsInvalidAsync(() => StartAsync(ArnOf(dead), null, 0));
        await FailsAsync(() => StartAsync("", null), "MissingParameter");
        await IsInvalidAsync(() => Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead), MaxResults = 11 }));
        await NotFoundAsync(() => Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead) + "-none" }));
        (await Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead) })).Results.ShouldBeEmpty();
        (await IsInvalidAsync(() => CancelAsync("no handle"))).Message.ShouldBe("Value for parameter TaskHandle is invalid.");
        (await NotFoundAsync(() => CancelAsync(Handle(ArnOf(dead))))).Message.ShouldBe("Task does not exist.");
        (await NotFoundAsync(() => CancelAsync(Handle(ArnOf(dead) + "-none")))).Message.ShouldBe("The resource that you specified for the SourceArn parameter doesn't exist.");

        Task StartAsync(string source, string? destination, int? rate = null) => Sqs.StartMessageMoveTaskAsync(
            new StartMessageMoveTaskRequest { SourceArn = source, DestinationArn = destination, MaxNumberOfMessagesPerSecond = rate });

        Task CancelAsync(string handle) => Sqs.CancelMessageMoveTaskAsync(new CancelMessageMoveTaskRequest { TaskHandle = handle });

        string Handle(string arn) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($$"""{"taskId":"{{Guid.NewGuid()}}","sourceArn":"{{arn}}"}"""));

        Task<ResourceNotFoundException> NotFoundAsync(Func<Task> call) => FailsAsync<ResourceNotFoundException>(call, "ResourceNotFoundException", HttpStatusCode.NotFound);
    }

    private static string Policy(string target, int count) => $$"""{"deadLetterTargetArn":"{{ArnOf(target)}}","maxReceiveCount":{{count}}}""";

    private Task<string> NewQueueAsync(string suffix, params (string, string)[] attributes) => suffix.Length == 0
        ? QueueAsync(attributes)
        : QueueNamedAsync(NewName(suffix), [("FifoQueue", "true"), ("ContentBasedDeduplication", "true"), .. attributes]);

    /// <summary>Messages that a queue of one delivery passes on to its dead-letter queue.</summary>
    private async Task DieAsync(string url, string dead, params string[] bodies)
    {
        var before = (await Sqs.GetQueueAttributesAsync(dead, ["All"])).ApproximateNumberOfMessages;
        foreach (var body in bodies)
        {
            await Sqs.SendMessageAsync(url, body);
            await Sqs.ChangeMessageVisibilityAsync(url, (await ReceiveOneAsync(url)).ReceiptHandle, 0);
        }

        await Until.TrueAsync(async () => (await Sqs.GetQueueAttributesAsync(dead, ["All"])).ApproximateNumberOfMessages == before + bodies.Length, "all have died");
    }

    private async Task<ListMessageMoveTasksResultEntry> EndedAsync(string dead)
    {
        ListMessageMoveTasksResultEntry? task = null;
        await Until.TrueAsync(
            async () =>
            {
                task = (await Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead) })).Results.Single();
                return task.Status is not ("RUNNING" or "CANCELLING");
            },
            "the task has ended");
        return task!;
    }

    private async Task<string?> AttributeAsync(string url) => (await Sqs.GetQueueAttributesAsync(url, ["RedrivePolicy"])).Attributes.GetValueOrDefault("RedrivePolicy");
}
