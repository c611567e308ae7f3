using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>Tasks that move the messages of a dead-letter queue back, or on.</summary>
public sealed class MoveTaskTests(AppFixture app) : SqsTest(app)
{
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
        (
            task.Status,
            task.ApproximateNumberOfMessagesMoved,
            task.ApproximateNumberOfMessagesToMove,
            task.DestinationArn,
            task.SourceArn,
            task.TaskHandle,
            task.FailureReason
        ).ShouldBe(("COMPLETED", 3, 3, null, ArnOf(dead), null, null));
        task.StartedTimestamp!.Value.ShouldBeGreaterThan(1_600_000_000_000);
        var back = await ReceiveAsync(one, r => (r.MaxNumberOfMessages, r.MessageSystemAttributeNames) = (10, ["All"]));
        back.Select(m => m.Body.Length).ShouldBe([8, 100_000], ignoreOrder: true);
        back.ShouldAllBe(m => m.Attributes["ApproximateReceiveCount"] == "1" && !m.Attributes.ContainsKey("DeadLetterQueueSourceArn"));
        (await ReceiveOneAsync(two)).Body.ShouldBe("from two");
        (await Http.GetAsync(PathOf(dead))).Json["counts"]!
            .ToJsonString()
            .ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
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
        await Sqs.StartMessageMoveTaskAsync(
            new StartMessageMoveTaskRequest
            {
                SourceArn = ArnOf(dead),
                DestinationArn = ArnOf(destination),
                MaxNumberOfMessagesPerSecond = 500,
            }
        );
        var task = await EndedAsync(dead);
        (task.Status, task.ApproximateNumberOfMessagesMoved, task.DestinationArn, task.MaxNumberOfMessagesPerSecond).ShouldBe(
            ("COMPLETED", 25, ArnOf(destination), 500)
        );
        var arrived = new List<int>();
        while (await ReceiveAsync(destination, r => (r.MaxNumberOfMessages, r.WaitTimeSeconds) = (10, 1)) is { Count: > 0 } messages)
        {
            arrived.AddRange(messages.Select(m => int.Parse(m.Body)));
            await Sqs.DeleteMessageBatchAsync(
                destination,
                [.. messages.Select((m, i) => new DeleteMessageBatchRequestEntry($"{i}", m.ReceiptHandle))]
            );
        }

        arrived.ShouldBe(Enumerable.Range(0, 25), ignoreOrder: suffix.Length == 0);
    }

    [Fact]
    public async Task A_task_can_be_cancelled_and_what_it_has_not_moved_stays()
    {
        var (dead, destination) = (await QueueAsync(), await QueueAsync());
        await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        await Sqs.SendMessageBatchAsync(dead, [.. Enumerable.Range(0, 10).Select(i => new SendMessageBatchRequestEntry($"{i}", $"{i}"))]);
        var start = new StartMessageMoveTaskRequest
        {
            SourceArn = ArnOf(dead),
            DestinationArn = ArnOf(destination),
            MaxNumberOfMessagesPerSecond = 1,
        };
        var handle = (await Sqs.StartMessageMoveTaskAsync(start)).TaskHandle;
        var running = (
            await Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead) })
        ).Results.ShouldHaveSingleItem();
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
            () => Sqs.CancelMessageMoveTaskAsync(new CancelMessageMoveTaskRequest { TaskHandle = handle }),
            "AWS.SimpleQueueService.UnsupportedOperation"
        );
        // The next may begin.
        await Sqs.StartMessageMoveTaskAsync(
            new StartMessageMoveTaskRequest { SourceArn = ArnOf(dead), DestinationArn = ArnOf(destination) }
        );
        (await EndedAsync(dead)).Status.ShouldBe("COMPLETED");
        (await Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead), MaxResults = 10 }))
            .Results.Select(r => r.Status)
            .ShouldBe(["COMPLETED", "CANCELLED"]);
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
        await Sqs.StartMessageMoveTaskAsync(
            new StartMessageMoveTaskRequest
            {
                SourceArn = ArnOf(dead),
                DestinationArn = ArnOf(destination),
                MaxNumberOfMessagesPerSecond = 1,
            }
        );
        await Sqs.DeleteQueueAsync(destination);
        var task = await EndedAsync(dead);
        (task.Status, task.FailureReason).ShouldBe(("FAILED", "AWS.SimpleQueueService.NonExistentQueue"));
        var left = await Sqs.GetQueueAttributesAsync(dead, ["All"]);
        (left.ApproximateNumberOfMessages + left.ApproximateNumberOfMessagesNotVisible).ShouldBe(
            10 - (int)task.ApproximateNumberOfMessagesMoved!.Value
        );
    }

    [Fact]
    public async Task A_task_that_cannot_be_is_refused()
    {
        var (dead, plain, fifo) = (await QueueAsync(), await QueueAsync(), await NewQueueAsync(".fifo"));
        await QueueAsync(("RedrivePolicy", Policy(dead, 1)));
        (await IsInvalidAsync(() => StartAsync(ArnOf(plain), null))).Message.ShouldBe(
            "Source queue must be configured as a Dead Letter Queue."
        );
        (await NotFoundAsync(() => StartAsync(ArnOf(dead) + "-none", null))).Message.ShouldBe(
            "The resource that you specified for the SourceArn parameter doesn't exist."
        );
        (await NotFoundAsync(() => StartAsync(ArnOf(dead), ArnOf(dead) + "-none"))).Message.ShouldBe(
            "The resource that you specified for the DestinationArn parameter doesn't exist."
        );
        await NotFoundAsync(() => StartAsync(ArnOf(dead).Replace("000000000000", "111111111111", StringComparison.Ordinal), null));
        await IsInvalidAsync(() => StartAsync(ArnOf(dead), ArnOf(dead)));
        await IsInvalidAsync(() => StartAsync(ArnOf(dead), ArnOf(fifo)));
        await IsInvalidAsync(() => StartAsync("dead", null));
        await IsInvalidAsync(() => StartAsync(ArnOf(dead), null, 501));
        await IsInvalidAsync(() => StartAsync(ArnOf(dead), null, 0));
        await FailsAsync(() => StartAsync("", null), "MissingParameter");
        await IsInvalidAsync(() =>
            Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead), MaxResults = 11 })
        );
        await NotFoundAsync(() => Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead) + "-none" }));
        (await Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = ArnOf(dead) })).Results.ShouldBeEmpty();
        (await IsInvalidAsync(() => CancelAsync("no handle"))).Message.ShouldBe("Value for parameter TaskHandle is invalid.");
        (await NotFoundAsync(() => CancelAsync(Handle(ArnOf(dead))))).Message.ShouldBe("Task does not exist.");
        (await NotFoundAsync(() => CancelAsync(Handle(ArnOf(dead) + "-none")))).Message.ShouldBe(
            "The resource that you specified for the SourceArn parameter doesn't exist."
        );

        Task StartAsync(string source, string? destination, int? rate = null) =>
            Sqs.StartMessageMoveTaskAsync(
                new StartMessageMoveTaskRequest
                {
                    SourceArn = source,
                    DestinationArn = destination,
                    MaxNumberOfMessagesPerSecond = rate,
                }
            );

        Task CancelAsync(string handle) => Sqs.CancelMessageMoveTaskAsync(new CancelMessageMoveTaskRequest { TaskHandle = handle });

        string Handle(string arn) =>
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($$"""{"taskId":"{{Guid.NewGuid()}}","sourceArn":"{{arn}}"}"""));

        Task<ResourceNotFoundException> NotFoundAsync(Func<Task> call) =>
            FailsAsync<ResourceNotFoundException>(call, "ResourceNotFoundException", HttpStatusCode.NotFound);
    }

    private static string Policy(string target, int count) =>
        $$"""{"deadLetterTargetArn":"{{ArnOf(target)}}","maxReceiveCount":{{count}}}""";

    private Task<string> NewQueueAsync(string suffix, params (string, string)[] attributes) =>
        suffix.Length == 0
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
            (await Sqs.ReceiveMessageAsync(url)).Messages.ShouldBeNull();
        }

        (await Sqs.GetQueueAttributesAsync(dead, ["All"])).ApproximateNumberOfMessages.ShouldBe(before + bodies.Length);
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
            "the task has ended"
        );
        return task!;
    }
}
