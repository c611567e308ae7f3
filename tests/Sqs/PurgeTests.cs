namespace FuncQueue.Sqs.Tests;

/// <summary>PurgeQueue: begun by the call, ended soon after; and what SQS notes with a queue is none of its settings.</summary>
public sealed class PurgeTests(AppFixture app) : InProcessTest(app)
{
    private const string Purge = """{"QueueUrl":"q"}""";
    private const string InProgress = "AWS.SimpleQueueService.PurgeQueueInProgress";

    [Fact]
    public async Task A_purge_that_takes_long_is_answered_meanwhile_and_can_be_asked_for_again_until_it_has_ended()
    {
        var gate = new Gate(request => request.ChangesMessages);
        var (slow, other) = (Start(true, gate), Start());
        await slow.CallAsync("CreateQueue", """{"QueueName":"q"}""");
        await slow.CallAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x"}""");
        gate.IsClosed = true;
        await AnsweredAsync(slow);
        // By the same process, whose purge goes on, and by one that takes it for left undone.
        await AnsweredAsync(slow);
        (await other.TryAsync("PurgeQueue", Purge)).Code.ShouldBeNull();
        gate.Open();
        await Until.TrueAsync(async () => (await other.TryAsync("PurgeQueue", Purge)).Code == InProgress, "the purge ends");
        (await other.CallAsync("ReceiveMessage", Purge))["Messages"].ShouldBeNull();
        Time.Advance(TimeSpan.FromSeconds(60));
        (await other.TryAsync("PurgeQueue", Purge)).Code.ShouldBeNull();
    }

    [Fact]
    public async Task A_purge_whose_process_has_stopped_is_done_by_whom_it_is_asked_of_again()
    {
        var gate = new Gate(request => request.ChangesMessages);
        var (dying, other) = (Start(true, gate), Start());
        await dying.CallAsync("CreateQueue", """{"QueueName":"q"}""");
        await dying.CallAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x"}""");
        gate.IsClosed = true;
        await AnsweredAsync(dying);
        (await other.TryAsync("PurgeQueue", Purge)).Code.ShouldBeNull();
        (await other.CallAsync("ReceiveMessage", Purge))["Messages"].ShouldBeNull();
        (await other.TryAsync("PurgeQueue", Purge)).Code.ShouldBe(InProgress);
        gate.Open();
    }

    [Fact]
    public async Task What_SQS_notes_with_a_queue_moves_neither_its_last_modification_nor_its_ETag()
    {
        var process = Start();
        await process.CallAsync("CreateQueue", """{"QueueName":"q"}""");
        await process.CallAsync("CreateQueue", """{"QueueName":"away"}""");
        await process.CallAsync(
            "CreateQueue",
            """{"QueueName":"source","Attributes":{"RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:q\",\"maxReceiveCount\":1}"}}"""
        );
        var before = await VersionAsync(process);
        Time.Advance(TimeSpan.FromSeconds(10));
        await process.CallAsync("PurgeQueue", Purge);
        await process.CallAsync(
            "StartMessageMoveTask",
            """{"SourceArn":"arn:aws:sqs:us-east-1:000000000000:q","DestinationArn":"arn:aws:sqs:us-east-1:000000000000:away"}"""
        );
        await Until.TrueAsync(
            async () =>
                (await process.CallAsync("ListMessageMoveTasks", """{"SourceArn":"arn:aws:sqs:us-east-1:000000000000:q"}"""))["Results"]![
                    0
                ]!["Status"]!.GetValue<string>() == "COMPLETED",
            "the task ends"
        );
        (await VersionAsync(process)).ShouldBe(before);
        await process.CallAsync("SetQueueAttributes", """{"QueueUrl":"q","Attributes":{"MaximumMessageSize":"2000"}}""");
        var after = await VersionAsync(process);
        after.ETag.ShouldNotBe(before.ETag);
        long.Parse(after.Modified).ShouldBe(long.Parse(before.Modified) + 10);
    }

    /// <summary>A purge that is held is answered once its caller's patience is at an end.</summary>
    private async Task AnsweredAsync(InProcess process)
    {
        var answer = process.TryAsync("PurgeQueue", Purge);
        while (!answer.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        (await answer).Code.ShouldBeNull();
    }

    private static async Task<(string ETag, string Modified)> VersionAsync(InProcess process)
    {
        var name = FuncQueue.Engine.QueueName.TryParse("q", out var parsed) ? parsed : throw new InvalidOperationException();
        return (
            (await process.Engine.ReadQueueAsync(name, CancellationToken.None)).Value.ETag,
            (await process.CallAsync("GetQueueAttributes", """{"QueueUrl":"q","AttributeNames":["LastModifiedTimestamp"]}"""))[
                "Attributes"
            ]!["LastModifiedTimestamp"]!.GetValue<string>()
        );
    }
}
