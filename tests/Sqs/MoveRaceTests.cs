using FuncQueue.Engine;

namespace FuncQueue.Sqs.Tests;

/// <summary>A task moves messages out of a queue that has a redrive policy of its own, while others receive from it.</summary>
public sealed class MoveRaceTests(AppFixture app) : InProcessTest(app)
{
    [Fact]
    public async Task What_a_task_moves_arrives_where_it_sends_it_whatever_another_process_remembers_of_the_queue()
    {
        const int count = 60;
        var (mover, receiver) = (Start(), Start());
        await mover.CallAsync("CreateQueue", """{"QueueName":"y"}""");
        await mover.CallAsync("CreateQueue", """{"QueueName":"d"}""");
        await mover.CallAsync("CreateQueue", $$"""{"QueueName":"x","Attributes":{{Policy("y", 1)}}}""");
        await mover.CallAsync("CreateQueue", $$"""{"QueueName":"source","Attributes":{{Policy("x", 1)}}}""");
        // The receiver knows the queue from before the task, and on this clock never looks again.
        await receiver.CallAsync("ReceiveMessage", """{"QueueUrl":"x"}""");
        for (var i = 0; i < count; i += 10)
            await mover.CallAsync(
                "SendMessageBatch",
                $$"""{"QueueUrl":"x","Entries":[{{string.Join(',', Enumerable.Range(i, 10).Select(n => $$"""{"Id":"{{n}}","MessageBody":"{{n}}"}"""))}}]}"""
            );
        await mover.CallAsync(
            "StartMessageMoveTask",
            """{"SourceArn":"arn:aws:sqs:us-east-1:000000000000:x","DestinationArn":"arn:aws:sqs:us-east-1:000000000000:d"}"""
        );
        var received = new HashSet<string>();
        await Until.TrueAsync(
            async () =>
            {
                // Each receive at a visibility of 0 is the last delivery, which sends the message on to y.
                foreach (
                    var message in (
                        await receiver.CallAsync("ReceiveMessage", """{"QueueUrl":"x","VisibilityTimeout":0,"MaxNumberOfMessages":2}""")
                    )["Messages"]
                        ?.AsArray()
                        ?? []
                )
                    received.Add(message!["Body"]!.GetValue<string>());
                await receiver.RunTimerAsync();
                return await CountAsync("d") + await CountAsync("y") == count;
            },
            "all have arrived"
        );
        var strays = (await BodiesAsync(receiver, "y")).Except(received);
        strays.ShouldBeEmpty();

        async Task<int> CountAsync(string queue) =>
            int.Parse(
                (
                    await mover.CallAsync(
                        "GetQueueAttributes",
                        $$"""{"QueueUrl":"{{queue}}","AttributeNames":["ApproximateNumberOfMessages"]}"""
                    )
                )["Attributes"]!["ApproximateNumberOfMessages"]!.GetValue<string>()
            );
    }

    [Fact]
    public async Task A_process_that_remembers_no_task_leaves_alone_what_a_task_has_marked()
    {
        var (mover, other) = (Start(background: false), Start(background: false));
        await mover.CallAsync("CreateQueue", """{"QueueName":"y"}""");
        await mover.CallAsync("CreateQueue", $$"""{"QueueName":"x","Attributes":{{Policy("y", 1)}}}""");
        await mover.CallAsync(
            "SendMessageBatch",
            """{"QueueUrl":"x","Entries":[{"Id":"a","MessageBody":"marked"},{"Id":"b","MessageBody":"died"}]}"""
        );
        QueueName.TryParse("x", out var x).ShouldBeTrue();
        foreach (
            var message in (
                await mover.Engine.DequeueAsync(x!, MessageSource.Live, new DequeueRequest { MaxMessages = 2 }, CancellationToken.None)
            ).Value
        )
        {
            var marked = System.Text.Encoding.UTF8.GetString(message.Message.Body!.Value.Span) == "marked";
            await mover.Engine.SettleAsync(
                x!,
                MessageSource.Live,
                new Settlement.DeadLetter(marked ? $"sqs-message-move:{Guid.NewGuid()}" : "max-delivery-count-exceeded"),
                [message.Receipt!],
                CancellationToken.None
            );
        }

        await other.RunTimerAsync();
        (await BodiesAsync(other, "y")).ShouldBe(["died"]);
        (await other.Engine.GetQueueAsync(x!, CancellationToken.None)).Value.Counts.DeadLettered.ShouldBe(1);
    }

    private static string Policy(string dead, int count) =>
        $$$"""{"RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:{{{dead}}}\",\"maxReceiveCount\":{{{count}}}}"}""";

    private static async Task<List<string>> BodiesAsync(InProcess process, string queue)
    {
        var bodies = new List<string>();
        while (
            (await process.CallAsync("ReceiveMessage", $$"""{"QueueUrl":"{{queue}}","MaxNumberOfMessages":10}"""))["Messages"]?.AsArray()
                is { } messages
        )
            bodies.AddRange(messages.Select(m => m!["Body"]!.GetValue<string>()));
        return bodies;
    }
}
