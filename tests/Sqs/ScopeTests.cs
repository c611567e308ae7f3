using FuncQueue.Engine;

namespace FuncQueue.Sqs.Tests;

/// <summary>DeduplicationScope: what is shown is what holds, and a change of it forgets nothing.</summary>
public sealed class ScopeTests(AppFixture app) : InProcessTest(app)
{
    [Theory]
    [InlineData("queue", "messageGroup")]
    [InlineData("messageGroup", "queue")]
    public async Task A_repeat_is_known_through_a_change_of_scope_by_whichever_process(string before, string after)
    {
        var (one, two) = (Start(), Start());
        await CreateAsync(one, before);
        var first = await SendAsync(one, "g", "d");
        var content = await SendAsync(one, "g", null);
        await ScopeAsync(two, after);
        foreach (var process in new[] { two, one, Start() })
        {
            (await SendAsync(process, "g", "d")).ShouldBe(first);
            (await SendAsync(process, "g", null)).ShouldBe(content);
        }

        // Back again, and when the messages have long been received.
        var received = (await one.CallAsync("ReceiveMessage", """{"QueueUrl":"q.fifo","MaxNumberOfMessages":10}"""))["Messages"]!.AsArray();
        received.Count.ShouldBe(2);
        foreach (var message in received)
            await one.CallAsync("DeleteMessage", $$"""{"QueueUrl":"q.fifo","ReceiptHandle":"{{message!["ReceiptHandle"]}}"}""");
        (await SendAsync(two, "g", "d")).ShouldBe(first);
        await ScopeAsync(two, before);
        (await SendAsync(two, "g", "d")).ShouldBe(first);
        Time.Advance(TimeSpan.FromSeconds(301));
        (await SendAsync(two, "g", "d")).ShouldNotBe(first);
    }

    [Fact]
    public async Task After_a_change_to_the_scope_of_the_group_an_id_of_before_does_not_hold_for_other_groups()
    {
        var process = Start();
        await CreateAsync(process, "queue");
        var first = await SendAsync(process, "g", "d");
        (await SendAsync(process, "other", "d")).ShouldBe(first);
        await ScopeAsync(process, "messageGroup");
        (await SendAsync(process, "other", "d")).ShouldNotBe(first);
        (await SendAsync(process, "g", "d")).ShouldBe(first);
    }

    [Fact]
    public async Task In_a_batch_each_repeat_is_told_in_its_place()
    {
        var process = Start();
        await CreateAsync(process, "queue");
        var first = await SendAsync(process, "g", "d");
        await ScopeAsync(process, "messageGroup");
        var batch = (
            await process.CallAsync(
                "SendMessageBatch",
                """{"QueueUrl":"q.fifo","Entries":[{"Id":"new","MessageBody":"y","MessageGroupId":"g","MessageDeduplicationId":"e"},{"Id":"old","MessageBody":"x","MessageGroupId":"g","MessageDeduplicationId":"d"}]}"""
            )
        )["Successful"]!.AsArray();
        batch.Single(e => e!["Id"]!.GetValue<string>() == "old")!["MessageId"]!.GetValue<string>().ShouldBe(first);
        (await process.CallAsync("ReceiveMessage", """{"QueueUrl":"q.fifo","MaxNumberOfMessages":10}"""))["Messages"]!
            .AsArray()
            .Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_queue_of_several_shards_tells_ids_apart_by_group_and_says_so()
    {
        var process = Start();
        QueueName.TryParse("q.fifo", out var name).ShouldBeTrue();
        (
            await process.Engine.PutQueueAsync(
                name!,
                new QueueSettingsChange { Type = QueueType.Fifo, Shards = 4 },
                default,
                CancellationToken.None
            )
        ).Failure.ShouldBeNull();
        (await process.CallAsync("GetQueueAttributes", """{"QueueUrl":"q.fifo","AttributeNames":["DeduplicationScope"]}"""))["Attributes"]![
            "DeduplicationScope"
        ]!
            .GetValue<string>()
            .ShouldBe("messageGroup");
        var ids = new List<string>();
        foreach (var group in Enumerable.Range(0, 8))
        {
            ids.Add(await SendAsync(process, $"g{group}", "d"));
            (await SendAsync(process, $"g{group}", "d")).ShouldBe(ids[^1]);
        }

        ids.ShouldBeUnique();
        (
            await process.TryAsync("SetQueueAttributes", """{"QueueUrl":"q.fifo","Attributes":{"DeduplicationScope":"queue"}}""")
        ).Code.ShouldBe("InvalidAttributeValue");
        await ScopeAsync(process, "messageGroup");
        (await SendAsync(process, "g0", "d")).ShouldBe(ids[0]);
        await process.CallAsync("SetQueueAttributes", """{"QueueUrl":"q.fifo","Attributes":{"FifoThroughputLimit":"perMessageGroupId"}}""");
    }

    private static Task<JsonNode> CreateAsync(InProcess process, string scope) =>
        process.CallAsync(
            "CreateQueue",
            $$$"""{"QueueName":"q.fifo","Attributes":{"FifoQueue":"true","ContentBasedDeduplication":"true","DeduplicationScope":"{{{scope}}}"}}"""
        );

    private static Task<JsonNode> ScopeAsync(InProcess process, string scope) =>
        process.CallAsync("SetQueueAttributes", $$$"""{"QueueUrl":"q.fifo","Attributes":{"DeduplicationScope":"{{{scope}}}"}}""");

    private static async Task<string> SendAsync(InProcess process, string group, string? id) =>
        (
            await process.CallAsync(
                "SendMessage",
                $$"""{"QueueUrl":"q.fifo","MessageBody":"x","MessageGroupId":"{{group}}"{{(id is null ? "" : $",\"MessageDeduplicationId\":\"{id}\"")}}}"""
            )
        )["MessageId"]!.GetValue<string>();
}
