using FuncQueue.Engine;

namespace FuncQueue.Sqs.Tests;

/// <summary>What SQS clients are told of a queue that its operator has paused: an error that SQS describes, and nothing happens.</summary>
public sealed class PausedTests(AppFixture app) : InProcessTest(app)
{
    private const string Unsupported = "AWS.SimpleQueueService.UnsupportedOperation";

    [Fact]
    public async Task Sending_to_and_receiving_from_a_paused_queue_is_an_unsupported_operation_and_deleting_is_not()
    {
        var process = Start();
        await process.CallAsync("CreateQueue", """{"QueueName":"q"}""");
        await process.CallAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x"}""");
        var message = (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q"}"""))["Messages"]![0]!;
        await SetAsync(process, QueueState.Paused);
        const string batch = """{"QueueUrl":"q","Entries":[{"Id":"a","MessageBody":"x"}]}""";
        (await process.TryAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x"}""")).Code.ShouldBe(Unsupported);
        (await process.TryAsync("SendMessageBatch", batch)).Code.ShouldBe(Unsupported);
        (await process.TryAsync("ReceiveMessage", """{"QueueUrl":"q"}""")).Code.ShouldBe(Unsupported);
        var delete = $$"""{"QueueUrl":"q","ReceiptHandle":"{{message["ReceiptHandle"]!.GetValue<string>()}}"}""";
        (await process.TryAsync("DeleteMessage", delete)).Code.ShouldBeNull();
        await SetAsync(process, QueueState.Active);
        (await process.TryAsync("SendMessage", """{"QueueUrl":"q","MessageBody":"x"}""")).Code.ShouldBeNull();
    }

    private static async Task SetAsync(InProcess process, QueueState state)
    {
        QueueName.TryParse("q", out var queue).ShouldBeTrue();
        var change = new QueueSettingsChange { State = state };
        (await process.Engine.PutQueueAsync(queue, change, default, TestContext.Current.CancellationToken)).Failure.ShouldBeNull();
    }
}
