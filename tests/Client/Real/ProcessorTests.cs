using System.Collections.Concurrent;

namespace FuncQueue.Client.Tests.Real;

/// <summary>Processors against the app as it is; those of time against a fake clock stand elsewhere.</summary>
public sealed class ProcessorTests(AppFixture app)
{
    [Fact]
    public async Task Every_message_is_handled_and_acked()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        await client.CreateSender(queue).SendAllAsync([.. Enumerable.Range(0, 200).Select(i => new FuncQueueMessage($"{i}"))]);
        var handled = new ConcurrentDictionary<string, int>();
        await using var processor = client.CreateProcessor(
            queue,
            context =>
            {
                handled.AddOrUpdate(context.Message.Body.ToString(), 1, (_, n) => n + 1);
                return Task.CompletedTask;
            },
            new FuncQueueProcessorOptions { PrefetchCount = 50 }
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => handled.Count == 200, "all handled");
        await processor.StopAsync();
        handled.Values.ShouldAllBe(times => times == 1);
        var counts = (await client.Administration.FindQueueAsync(queue))!.Counts!;
        (counts.Ready + counts.Leased + counts.DeadLettered).ShouldBe(0);
    }

    [Fact]
    public async Task A_handler_that_throws_gets_the_message_again_and_at_last_it_is_a_dead_letter_with_the_reason()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync(new QueueSettings { MaxDeliveryCount = 3 });
        await client.CreateSender(queue).SendAsync("m");
        var errors = new ConcurrentQueue<ProcessErrorContext>();
        await using var processor = client.CreateProcessor(
            queue,
            _ => throw new NotSupportedException("secret text"),
            new FuncQueueProcessorOptions
            {
                OnErrorAsync = error =>
                {
                    errors.Enqueue(error);
                    return Task.CompletedTask;
                },
            }
        );
        await processor.StartAsync();
        var letters = client.CreateDeadLetters(queue);
        await Eventually.HoldsAsync(async () => (await letters.ListAsync()).Items.Count == 1, "a dead letter");
        await processor.StopAsync();
        var dead = (await letters.ListAsync()).Items[0];
        dead.DeadLetterReason.ShouldBe("System.NotSupportedException");
        errors.Count(error => error is { Source: FuncQueueErrorSource.Handler, Exception: NotSupportedException }).ShouldBe(3);
    }

    [Fact]
    public async Task A_handler_decides_what_becomes_of_its_message()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        await client
            .CreateSender(queue)
            .SendAllAsync([new FuncQueueMessage("dead"), new FuncQueueMessage("later"), new FuncQueueMessage("done")]);
        var handled = new ConcurrentBag<string>();
        await using var processor = client.CreateProcessor(
            queue,
            context =>
            {
                handled.Add(context.Message.Body.ToString());
                switch (context.Message.Body.ToString())
                {
                    case "dead":
                        context.DeadLetter("own reason");
                        break;
                    case "later":
                        context.Nack(TimeSpan.FromHours(1));
                        break;
                    default:
                        context.Ack();
                        throw new InvalidOperationException("Acked all the same.");
                }

                return Task.CompletedTask;
            }
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => handled.Count == 3, "all handled");
        await processor.StopAsync();
        (await client.CreateDeadLetters(queue).ListAsync()).Items.ShouldHaveSingleItem().DeadLetterReason.ShouldBe("own reason");
        var counts = (await client.Administration.FindQueueAsync(queue))!.Counts!;
        (counts.Ready, counts.Leased, counts.Scheduled, counts.DeadLettered).ShouldBe((0, 0, 1, 1));
    }

    [Fact]
    public async Task After_a_failure_in_a_group_nothing_of_it_overtakes_and_nothing_behind_it_is_counted()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync(fifo: true);
        var sender = client.CreateSender(queue);
        foreach (var i in Enumerable.Range(0, 10))
            await sender.SendAsync(new FuncQueueMessage($"{i}") { GroupId = "g" });
        var handled = new ConcurrentQueue<(string Body, int Count)>();
        var failures = 0;
        await using var processor = client.CreateProcessor(
            queue,
            context =>
            {
                if (context.Message.Body.ToString() == "3" && ++failures <= 2)
                    throw new InvalidOperationException("Not yet.");
                handled.Enqueue((context.Message.Body.ToString(), context.Message.DeliveryCount));
                return Task.CompletedTask;
            },
            new FuncQueueProcessorOptions { PrefetchCount = 20 }
        );
        await processor.StartAsync();
        await Eventually.HoldsAsync(() => handled.Count >= 10, "all handled");
        await processor.StopAsync();
        handled.Select(h => h.Body).ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
        handled.Where(h => h.Body != "3").ShouldAllBe(h => h.Count == 1);
        handled.Single(h => h.Body == "3").Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_body_in_a_blob_is_there_when_the_handler_begins()
    {
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        var body = new byte[200_000];
        Random.Shared.NextBytes(body);
        await client.CreateSender(queue).SendAsync(new FuncQueueMessage(BinaryData.FromBytes(body)));
        var got = new TaskCompletionSource<byte[]>();
        await using var processor = client.CreateProcessor(
            queue,
            context =>
            {
                got.TrySetResult(context.Message.Body.ToArray());
                return Task.CompletedTask;
            }
        );
        await processor.StartAsync();
        (await got.Task.WaitAsync(TimeSpan.FromSeconds(120))).ShouldBe(body);
    }

    [Fact]
    public async Task Stopped_while_it_waits_it_returns_without_the_rest_of_the_wait_and_may_be_started_again()
    {
        var interference = new Interference();
        await using var client = app.Client(interference);
        var queue = await app.QueueAsync();
        var handled = 0;
        await using var processor = client.CreateProcessor(
            queue,
            _ =>
            {
                Interlocked.Increment(ref handled);
                return Task.CompletedTask;
            }
        );
        await processor.StartAsync();
        Should.Throw<InvalidOperationException>(() => processor.StartAsync().GetAwaiter().GetResult());
        await Eventually.HoldsAsync(() => interference.CountOf("/dequeue") == 1, "a long poll");
        await processor.StopAsync();
        processor.IsProcessing.ShouldBeFalse();
        await processor.StartAsync();
        await client.CreateSender(queue).SendAsync("m");
        await Eventually.HoldsAsync(() => Volatile.Read(ref handled) == 1, "the message");
    }
}
