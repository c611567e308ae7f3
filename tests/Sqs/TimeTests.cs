using Azure.Core;
using Azure.Core.Pipeline;
using FuncQueue.Engine;

namespace FuncQueue.Sqs.Tests;

/// <summary>What depends on the clock, and what a process that stops leaves to the next: on a clock of the test's own.</summary>
public sealed class TimeTests(AppFixture app) : InProcessTest(app)
{
    [Fact]
    public async Task A_name_can_be_used_again_a_minute_after_its_queue_was_deleted_by_whichever_process()
    {
        var (one, two) = (Start(), Start());
        await one.CallAsync("CreateQueue", """{"QueueName":"q"}""");
        await one.CallAsync("DeleteQueue", """{"QueueUrl":"q"}""");
        Time.Advance(TimeSpan.FromSeconds(59));
        (await two.TryAsync("CreateQueue", """{"QueueName":"q"}""")).Code.ShouldBe("AWS.SimpleQueueService.QueueDeletedRecently");
        Time.Advance(TimeSpan.FromSeconds(1));
        await two.CallAsync("CreateQueue", """{"QueueName":"q"}""");
    }

    [Fact]
    public async Task A_queue_can_be_purged_again_after_a_minute()
    {
        var (one, two) = (Start(), Start());
        await one.CallAsync("CreateQueue", """{"QueueName":"q"}""");
        await one.CallAsync("PurgeQueue", """{"QueueUrl":"q"}""");
        Time.Advance(TimeSpan.FromSeconds(59));
        (await two.TryAsync("PurgeQueue", """{"QueueUrl":"q"}""")).Code.ShouldBe("AWS.SimpleQueueService.PurgeQueueInProgress");
        Time.Advance(TimeSpan.FromSeconds(1));
        await two.CallAsync("PurgeQueue", """{"QueueUrl":"q"}""");
        // Setting attributes meanwhile changes nothing about that.
        await one.CallAsync("SetQueueAttributes", """{"QueueUrl":"q","Attributes":{"DelaySeconds":"1"}}""");
        (await one.TryAsync("PurgeQueue", """{"QueueUrl":"q"}""")).Code.ShouldBe("AWS.SimpleQueueService.PurgeQueueInProgress");
    }

    [Fact]
    public async Task Of_two_purges_at_once_the_later_may_be_refused_once_the_first_has_ended()
    {
        var (one, two) = (Start(), Start());
        await one.CallAsync("CreateQueue", """{"QueueName":"q"}""");
        var outcomes = await Task.WhenAll(
            one.TryAsync("PurgeQueue", """{"QueueUrl":"q"}"""),
            two.TryAsync("PurgeQueue", """{"QueueUrl":"q"}""")
        );
        outcomes.Select(o => o.Code).ShouldContain((string?)null);
        outcomes.ShouldAllBe(o => o.Code == null || o.Code == "AWS.SimpleQueueService.PurgeQueueInProgress");
        (await one.TryAsync("PurgeQueue", """{"QueueUrl":"q"}""")).Code.ShouldBe("AWS.SimpleQueueService.PurgeQueueInProgress");
    }

    [Fact]
    public async Task Messages_are_kept_for_the_retention_period()
    {
        var process = Start();
        await process.CallAsync("CreateQueue", """{"QueueName":"q","Attributes":{"MessageRetentionPeriod":"60"}}""");
        await process.CallAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x"}""");
        Time.Advance(TimeSpan.FromSeconds(59));
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q","VisibilityTimeout":0}"""))["Messages"].ShouldNotBeNull();
        Time.Advance(TimeSpan.FromSeconds(1));
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q"}"""))["Messages"].ShouldBeNull();
    }

    [Fact]
    public async Task A_delay_and_a_visibility_timeout_end_to_the_second()
    {
        var process = Start();
        await process.CallAsync("CreateQueue", """{"QueueName":"q"}""");
        await process.CallAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x","DelaySeconds":900}""");
        Time.Advance(TimeSpan.FromSeconds(899.9));
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q"}"""))["Messages"].ShouldBeNull();
        Time.Advance(TimeSpan.FromSeconds(0.1));
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q","VisibilityTimeout":43200}"""))["Messages"].ShouldNotBeNull();
        Time.Advance(TimeSpan.FromSeconds(43_199.9));
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q"}"""))["Messages"].ShouldBeNull();
        Time.Advance(TimeSpan.FromSeconds(0.1));
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q"}"""))["Messages"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_receive_is_recognised_by_its_attempt_id_for_five_minutes()
    {
        var process = Start();
        await process.CallAsync(
            "CreateQueue",
            """{"QueueName":"q.fifo","Attributes":{"FifoQueue":"true","ContentBasedDeduplication":"true"}}"""
        );
        await process.CallAsync("SendMessage", """{"QueueUrl":"q.fifo","MessageBody":"x","MessageGroupId":"g"}""");
        const string receive = """{"QueueUrl":"q.fifo","VisibilityTimeout":3600,"ReceiveRequestAttemptId":"a"}""";
        var first = (await process.CallAsync("ReceiveMessage", receive))["Messages"]![0]!["ReceiptHandle"]!.GetValue<string>();
        Time.Advance(TimeSpan.FromMinutes(5));
        (await process.CallAsync("ReceiveMessage", receive))["Messages"]![0]!["ReceiptHandle"]!.GetValue<string>().ShouldBe(first);
        Time.Advance(TimeSpan.FromSeconds(1));
        (await process.CallAsync("ReceiveMessage", receive))["Messages"].ShouldBeNull();
    }

    [Fact]
    public async Task A_repeated_receive_begins_the_visibility_timeout_anew()
    {
        var process = Start();
        await process.CallAsync(
            "CreateQueue",
            """{"QueueName":"q.fifo","Attributes":{"FifoQueue":"true","ContentBasedDeduplication":"true"}}"""
        );
        await process.CallAsync("SendMessage", """{"QueueUrl":"q.fifo","MessageBody":"x","MessageGroupId":"g"}""");
        const string receive = """{"QueueUrl":"q.fifo","VisibilityTimeout":60,"ReceiveRequestAttemptId":"a"}""";
        await process.CallAsync("ReceiveMessage", receive);
        Time.Advance(TimeSpan.FromSeconds(50));
        (await process.CallAsync("ReceiveMessage", receive))["Messages"].ShouldNotBeNull();
        Time.Advance(TimeSpan.FromSeconds(50));
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q.fifo"}"""))["Messages"].ShouldBeNull();
        Time.Advance(TimeSpan.FromSeconds(11));
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q.fifo"}"""))["Messages"].ShouldNotBeNull();
    }

    [Fact]
    public async Task The_timer_moves_on_what_the_process_that_dead_lettered_it_did_not()
    {
        var (dying, timer) = (Start(background: false), Start(background: false));
        await CreateWithDeadLettersAsync(dying);
        await dying.CallAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x"}""");
        await dying.CallAsync("ReceiveMessage", """{"QueueUrl":"q","VisibilityTimeout":1}""");
        Time.Advance(TimeSpan.FromSeconds(2));
        (await dying.CallAsync("ReceiveMessage", """{"QueueUrl":"q"}"""))["Messages"].ShouldBeNull();
        (await dying.CallAsync("ReceiveMessage", """{"QueueUrl":"dead"}"""))["Messages"].ShouldBeNull();
        await timer.RunTimerAsync();
        (await dying.CallAsync("ReceiveMessage", """{"QueueUrl":"dead"}"""))["Messages"]![0]!["Body"]!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task The_timer_only_looks_at_a_queue_without_dead_letters()
    {
        var requests = new Requests();
        var process = Start(background: false, requests);
        await CreateWithDeadLettersAsync(process);
        requests.Methods.Clear();
        await process.RunTimerAsync();
        requests.Methods.ShouldAllBe(method => method == "GET");
        // The list of queues, and the dead letters of the one with a redrive policy.
        requests.Methods.Count.ShouldBeLessThanOrEqualTo(3);
    }

    private sealed class Requests : HttpPipelineSynchronousPolicy
    {
        public System.Collections.Concurrent.ConcurrentBag<string> Methods { get; } = [];

        public override void OnSendingRequest(HttpMessage message) => Methods.Add(message.Request.Method.Method);
    }

    [Fact]
    public async Task Messages_whose_dead_letter_queue_is_gone_are_delivered_on_and_go_there_when_it_is_back()
    {
        var process = Start();
        await CreateWithDeadLettersAsync(process);
        await process.CallAsync("DeleteQueue", """{"QueueUrl":"dead"}""");
        var id = (await process.CallAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x"}"""))["MessageId"]!.GetValue<string>();
        for (var receive = 0; receive < 4; receive++)
        {
            // Every other one finds that the deliveries are used up.
            var messages = (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q","VisibilityTimeout":0}"""))["Messages"];
            if (receive % 2 == 0)
                messages![0]!["MessageId"]!.GetValue<string>().ShouldBe(id);
            else
                messages.ShouldBeNull();
            (await CountAsync(process, "q")).ShouldBe(1);
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await process.CallAsync("CreateQueue", """{"QueueName":"dead"}""");
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q","VisibilityTimeout":0}"""))["Messages"].ShouldNotBeNull();
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q","VisibilityTimeout":0}"""))["Messages"].ShouldBeNull();
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"dead"}"""))["Messages"]![0]!["MessageId"]!
            .GetValue<string>()
            .ShouldBe(id);
    }

    [Fact]
    public async Task A_task_whose_process_has_died_is_gone_on_with_by_another_and_no_message_is_lost_or_doubled()
    {
        var (starter, other) = (Start(background: false), Start(background: false));
        await CreateWithDeadLettersAsync(starter);
        await starter.CallAsync("CreateQueue", """{"QueueName":"away"}""");
        for (var i = 0; i < 5; i++)
            await starter.CallAsync("SendMessage", $$"""{"QueueUrl":"dead","MessageBody":"{{i}}"}""");
        await starter.CallAsync(
            "StartMessageMoveTask",
            """{"SourceArn":"arn:aws:sqs:us-east-1:000000000000:dead","DestinationArn":"arn:aws:sqs:us-east-1:000000000000:away"}"""
        );
        // The process that worked on it died after it had taken two messages out, and before they had arrived.
        var queue = QueueName.TryParse("dead", out var name) ? name : throw new InvalidOperationException();
        var taken = (
            await starter.Engine.DequeueAsync(queue, MessageSource.Live, new DequeueRequest { MaxMessages = 2 }, CancellationToken.None)
        ).Value;
        var task = (await starter.Engine.ReadQueueAsync(queue, CancellationToken.None)).Value.Settings.Annotations["~sqs:MoveTasks"];
        var reason = "sqs-message-move:" + JsonNode.Parse(task)![0]!["id"]!.GetValue<string>();
        await starter.Engine.SettleAsync(
            queue,
            MessageSource.Live,
            new Settlement.DeadLetter(reason),
            [.. taken.Select(t => t.Receipt!)],
            CancellationToken.None
        );
        await other.RunTimerAsync();
        await Until.TrueAsync(async () => (await StatusAsync(other)) == "COMPLETED", "the other process ends the task");
        var arrived = (await other.CallAsync("ReceiveMessage", """{"QueueUrl":"away","MaxNumberOfMessages":10}"""))["Messages"]!.AsArray();
        arrived.Select(m => m!["Body"]!.GetValue<string>()).Order(StringComparer.Ordinal).ShouldBe(["0", "1", "2", "3", "4"]);
        (await starter.Engine.GetQueueAsync(queue, CancellationToken.None)).Value.Counts.ShouldBe(default);
    }

    [Fact]
    public async Task A_task_is_left_to_the_process_that_works_on_it_until_nothing_is_heard_of_that_for_a_minute()
    {
        var (starter, other) = (Start(background: false), Start(background: false));
        await CreateWithDeadLettersAsync(starter);
        await starter.CallAsync("CreateQueue", """{"QueueName":"away"}""");
        await starter.CallAsync(
            "SendMessageBatch",
            """{"QueueUrl":"dead","Entries":[{"Id":"a","MessageBody":"1"},{"Id":"b","MessageBody":"2"}]}"""
        );
        await starter.CallAsync(
            "StartMessageMoveTask",
            """{"SourceArn":"arn:aws:sqs:us-east-1:000000000000:dead","DestinationArn":"arn:aws:sqs:us-east-1:000000000000:away","MaxNumberOfMessagesPerSecond":1}"""
        );
        // It moves one, and waits for the second to pass, which it never does by itself on this clock.
        await starter.RunTimerAsync();
        await Until.TrueAsync(async () => await CountAsync(starter, "away") == 1, "one has arrived");
        await other.RunTimerAsync();
        (await CountAsync(other, "away")).ShouldBe(1);
        (await StatusAsync(other)).ShouldBe("RUNNING");
        await starter.DisposeAsync();
        Processes.Remove(starter);
    }

    [Fact]
    public async Task A_task_in_a_chain_of_dead_letter_queues_is_not_mistaken_for_messages_that_have_died()
    {
        var process = Start();
        await process.CallAsync("CreateQueue", """{"QueueName":"last"}""");
        await process.CallAsync(
            "CreateQueue",
            """{"QueueName":"dead","Attributes":{"RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:last\",\"maxReceiveCount\":5}"}}"""
        );
        await process.CallAsync(
            "CreateQueue",
            """{"QueueName":"q","Attributes":{"RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":1}"}}"""
        );
        await process.CallAsync("CreateQueue", """{"QueueName":"away"}""");
        for (var i = 0; i < 30; i++)
            await process.CallAsync("SendMessage", $$"""{"QueueUrl":"dead","MessageBody":"{{i}}"}""");
        await process.CallAsync(
            "StartMessageMoveTask",
            """{"SourceArn":"arn:aws:sqs:us-east-1:000000000000:dead","DestinationArn":"arn:aws:sqs:us-east-1:000000000000:away"}"""
        );
        await Until.TrueAsync(async () => await StatusAsync(process) == "COMPLETED", "the task has ended");
        (await CountAsync(process, "away"), await CountAsync(process, "last")).ShouldBe((30, 0));
    }

    private static async Task CreateWithDeadLettersAsync(InProcess process)
    {
        await process.CallAsync("CreateQueue", """{"QueueName":"dead"}""");
        await process.CallAsync(
            "CreateQueue",
            """{"QueueName":"q","Attributes":{"RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":1}"}}"""
        );
    }

    private static async Task<string> StatusAsync(InProcess process) =>
        (await process.CallAsync("ListMessageMoveTasks", """{"SourceArn":"arn:aws:sqs:us-east-1:000000000000:dead"}"""))["Results"]![0]![
            "Status"
        ]!.GetValue<string>();

    private static async Task<int> CountAsync(InProcess process, string queue) =>
        int.Parse(
            (await process.CallAsync("GetQueueAttributes", $$"""{"QueueUrl":"{{queue}}","AttributeNames":["All"]}"""))["Attributes"]![
                "ApproximateNumberOfMessages"
            ]!.GetValue<string>()
        );
}
