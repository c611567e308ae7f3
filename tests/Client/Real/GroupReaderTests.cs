using System.Collections.Concurrent;
using System.Text.Json;
using static FuncQueue.Client.Tests.Support.Topics;

namespace FuncQueue.Client.Tests.Real;

/// <summary>Group readers against the app as it is.</summary>
public sealed class GroupReaderTests(AppFixture app)
{
    private readonly ConcurrentQueue<(string Reader, string Body, int Partition)> handled = new();
    private readonly ConcurrentQueue<GroupReaderErrorContext> errors = new();

    [Fact]
    public async Task Every_record_is_handled_once_in_the_order_of_its_partition_and_committed()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync(partitions: 3);
        await PublishAsync(client, topic, 0, 300, partitions: 3);
        await using var reader = Reader(client, topic, "a");
        await reader.StartAsync();
        await Eventually.HoldsAsync(() => handled.Count == 300, "all handled");
        reader.Partitions.ShouldBe([0, 1, 2]);
        await Eventually.HoldsAsync(async () => await LagAsync(client, topic) == 0, "all committed");
        await reader.StopAsync();
        ShouldBeOnceAndInOrder(300, partitions: 3);
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_readers_one_stops_and_the_other_goes_on_without_a_record_twice()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync(partitions: 4);
        await using var first = Reader(client, topic, "a", Slowly);
        await using var second = Reader(client, topic, "b", Slowly);
        await first.StartAsync();
        await second.StartAsync();
        await Eventually.HoldsAsync(() => first.Partitions.Count == 2 && second.Partitions.Count == 2, "two partitions each");
        var publishing = PublishAsync(client, topic, 0, 400, partitions: 4);
        await Eventually.HoldsAsync(() => handled.Any(h => h.Reader == "a") && handled.Any(h => h.Reader == "b"), "both at work");
        await first.StopAsync();
        var byFirst = handled.Count(h => h.Reader == "a");
        await publishing;
        await Eventually.HoldsAsync(() => handled.Count >= 400, "all handled");
        await Eventually.HoldsAsync(async () => await LagAsync(client, topic) == 0, "all committed");
        await second.StopAsync();
        handled.Count(h => h.Reader == "a").ShouldBe(byFirst, "a stopped reader handles nothing");
        ShouldBeOnceAndInOrder(400, partitions: 4);
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_that_comes_gets_its_share_without_a_record_twice()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync(partitions: 2);
        await using var first = Reader(client, topic, "a", Slowly);
        await using var second = Reader(client, topic, "b", Slowly);
        await first.StartAsync();
        await Eventually.HoldsAsync(() => first.Partitions.Count == 2, "both partitions");
        await PublishAsync(client, topic, 0, 200, partitions: 2);
        await Eventually.HoldsAsync(() => !handled.IsEmpty, "the first at work");
        await second.StartAsync();
        await Eventually.HoldsAsync(() => second.Partitions.Count == 1, "a partition of its own");
        await PublishAsync(client, topic, 200, 100, partitions: 2);
        await Eventually.HoldsAsync(() => handled.Count >= 300, "all handled");
        await first.StopAsync();
        await second.StopAsync();
        handled.ShouldContain(h => h.Reader == "b");
        ShouldBeOnceAndInOrder(300, partitions: 2);
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_what_was_read_ahead_leaves_the_rest_to_the_next_reader()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync();
        await PublishAsync(client, topic, 0, 50, partitions: 1);
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var first = Reader(
            client,
            topic,
            "a",
            async context =>
            {
                if (context.Record.Offset < 7)
                    return;
                begun.TrySetResult();
                await release.Task;
            }
        );
        await first.StartAsync();
        await begun.Task.WaitAsync(Generous);
        var stop = first.StopAsync();
        stop.IsCompleted.ShouldBeFalse("its handler runs");
        release.SetResult();
        await stop.WaitAsync(Generous);
        handled.Count.ShouldBe(8);
        var group = (await client.Administration.Groups.FindGroupAsync(topic, "g")).ShouldNotBeNull();
        group.Partitions[0].Committed.ShouldBe(8);
        group.Members.ShouldBeEmpty();
        await using var second = Reader(client, topic, "b");
        await second.StartAsync();
        await Eventually.HoldsAsync(() => handled.Count == 50, "the rest handled");
        await second.StopAsync();
        ShouldBeOnceAndInOrder(50, partitions: 1);
    }

    [Fact]
    public async Task Records_whose_handler_throws_are_handled_again_before_those_behind_them()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync();
        await PublishAsync(client, topic, 0, 5, partitions: 1);
        var attempts = new ConcurrentQueue<(long Offset, int Attempt)>();
        await using var reader = Reader(
            client,
            topic,
            "a",
            context =>
            {
                attempts.Enqueue((context.Record.Offset, context.Attempt));
                return context is { Record.Offset: 2, Attempt: < 3 } ? throw new NotSupportedException("Not yet.") : Task.CompletedTask;
            }
        );
        await reader.StartAsync();
        await Eventually.HoldsAsync(() => handled.Count == 5, "all handled");
        await reader.StopAsync();
        attempts.ShouldBe([(0, 1), (1, 1), (2, 1), (2, 2), (2, 3), (3, 1), (4, 1)]);
        errors.Count.ShouldBe(2);
        errors.ShouldAllBe(e =>
            e.Source == FuncQueueErrorSource.Handler && e.Exception is NotSupportedException && e.Records[0].Offset == 2
        );
    }

    [Fact]
    public async Task A_handler_is_cancelled_when_its_partition_is_another_s_and_what_it_had_comes_again()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync();
        await PublishAsync(client, topic, 0, 3, partitions: 1);
        var (begun, fenced) = (new TaskCompletionSource(), 0);
        await using var reader = Reader(
            client,
            topic,
            "a",
            async context =>
            {
                if (context.Record.Offset != 1 || fenced > 0)
                    return;
                begun.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken)
                    .ContinueWith(_ => { }, TaskScheduler.Default);
                fenced += context.Fenced.IsCancellationRequested ? 1 : 0;
                context.CancellationToken.ThrowIfCancellationRequested();
            },
            options => options.LeaseDuration = TimeSpan.FromSeconds(10)
        );
        await reader.StartAsync();
        await begun.Task.WaitAsync(Generous);
        using var earliest = JsonDocument.Parse("\"earliest\"");
        await client.Administration.Groups.SeekGroupAsync(topic, "g", earliest.RootElement);
        await Eventually.HoldsAsync(() => handled.Count == 4, "all handled, the first one once more");
        await reader.StopAsync();
        fenced.ShouldBe(1);
        handled.Select(h => h.Body).ShouldBe(["0", "0", "1", "2"]);
        errors.ShouldHaveSingleItem().Exception.ShouldBeOfType<FuncQueueException>().Reason.ShouldBe(FuncQueueErrorReason.Fenced);
    }

    [Fact]
    public async Task A_handler_of_batches_gets_what_is_there_up_to_its_size()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync(partitions: 2);
        await PublishAsync(client, topic, 0, 200, partitions: 2);
        var sizes = new ConcurrentQueue<int>();
        await using var reader = Reader(
            client,
            topic,
            "a",
            context =>
            {
                sizes.Enqueue(context.Records.Count);
                return Task.CompletedTask;
            },
            options => options.BatchSize = 30
        );
        await reader.StartAsync();
        await Eventually.HoldsAsync(() => handled.Count == 200, "all handled");
        await reader.StopAsync();
        sizes.Max().ShouldBe(30);
        ShouldBeOnceAndInOrder(200, partitions: 2);
    }

    [Fact]
    public async Task Bodies_in_blobs_attributes_and_traces_arrive_as_they_were()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync();
        var body = new byte[100_000];
        Random.Shared.NextBytes(body);
        var message = new TopicMessage(BinaryData.FromBytes(body))
        {
            RoutingKey = "a.b",
            Key = "k",
            Attributes = { ["n"] = "ü" },
        };
        await client.CreatePublisher(topic).PublishAsync(message);
        var records = new ConcurrentQueue<TopicRecord>();
        await using var reader = client.CreateGroupReader(
            topic,
            "g",
            context =>
            {
                records.Enqueue(context.Record);
                return Task.CompletedTask;
            },
            new FuncQueueGroupReaderOptions { From = "earliest" }
        );
        await reader.StartAsync();
        await Eventually.HoldsAsync(() => records.Count == 1, "a record");
        await reader.StopAsync();
        var record = records.Single();
        record.Body.ShouldNotBeNull().ToArray().ShouldBe(body);
        (record.RoutingKey, record.Key, record.Attributes["n"]).ShouldBe(("a.b", "k", "ü"));
    }

    [Fact]
    public async Task A_handler_may_stop_its_own_reader_and_a_stopped_one_may_be_started_again()
    {
        await using var client = app.Client();
        var topic = await app.TopicAsync();
        await PublishAsync(client, topic, 0, 10, partitions: 1);
        FuncQueueGroupReader? reader = null;
        await using var made = reader = Reader(
            client,
            topic,
            "a",
            context => context.Record.Offset == 3 ? reader!.StopAsync() : Task.CompletedTask
        );
        await reader.StartAsync();
        await Eventually.HoldsAsync(() => !reader.IsReading, "a stop");
        handled.Count.ShouldBe(4);
        await reader.StartAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => reader.StartAsync());
        await Eventually.HoldsAsync(() => handled.Count == 10, "the rest handled");
        await reader.StopAsync();
        ShouldBeOnceAndInOrder(10, partitions: 1);
    }

    private FuncQueueGroupReader Reader(
        FuncQueueClient client,
        string topic,
        string name,
        Func<ProcessRecordsContext, Task>? handler = null,
        Action<FuncQueueGroupReaderOptions>? configure = null
    )
    {
        var options = new FuncQueueGroupReaderOptions
        {
            MemberName = name,
            From = "earliest",
            RetryDelay = TimeSpan.FromMilliseconds(10),
            OnErrorAsync = error =>
            {
                errors.Enqueue(error);
                return Task.CompletedTask;
            },
        };
        configure?.Invoke(options);
        return client.CreateGroupReader(
            topic,
            "g",
            async context =>
            {
                await (handler?.Invoke(context) ?? Task.CompletedTask);
                foreach (var record in context.Records)
                    handled.Enqueue((name, record.Body!.ToString(), context.Partition));
            },
            options
        );
    }

    private void ShouldBeOnceAndInOrder(int count, int partitions)
    {
        handled.Select(h => h.Body).Order().ShouldBe(Enumerable.Range(0, count).Select(i => $"{i}").Order());
        foreach (var partition in handled.GroupBy(h => h.Partition))
            partition
                .Select(h => int.Parse(h.Body, System.Globalization.CultureInfo.InvariantCulture))
                .ShouldBe(Enumerable.Range(0, count).Where(i => i % partitions == partition.Key));
    }
}
