using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Log;

/// <summary>Producers that count: a repeat stores nothing and is told what it repeats, whatever process it comes to.</summary>
[Trait("Guarantee", "7")]
public sealed class ProducerTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task A_repeat_in_another_process_is_told_the_first_ones_offset()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        var first = await PublishAsync(engine, Counted("a", 17));
        await PublishAsync(other, "between");
        var second = await PublishAsync(other, Counted("b", 18));
        second.Offset.ShouldBe(2);
        (await PublishAsync(other, Counted("a", 17))).ShouldBe(first with { Duplicate = true });
        (await PublishAsync(engine, Counted("b", 18))).ShouldBe(second with { Duplicate = true });
        (await TextsAsync(engine)).ShouldBe(["a", "between", "b"]);
    }

    [Fact]
    public async Task A_number_that_was_left_out_is_told_and_nothing_is_stored()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, Counted("a", 0));
        (await TryPublishAsync(engine, Counted("c", 2))).Failure.ShouldBe(new Failure.SequenceGap(1));
        await PublishAsync(other, Counted("b", 1));
        // What this process knew of the producer was old.
        (await PublishAsync(engine, Counted("c", 2))).Offset.ShouldBe(2);
        (await TextsAsync(engine)).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Whoever_has_a_smaller_epoch_is_fenced_and_the_numbers_go_on()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, Counted("a", 0, epoch: 1));
        await PublishAsync(other, Counted("b", 1, epoch: 2));
        (await TryPublishAsync(engine, Counted("x", 2, epoch: 1))).Failure.ShouldBe(new Failure.ProducerFenced(2));
        (await PublishAsync(engine, Counted("a", 0, epoch: 2))).Duplicate.ShouldBeTrue();
        (await PublishAsync(engine, Counted("c", 2, epoch: 2))).Offset.ShouldBe(2);
        (await TextsAsync(engine)).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task Producers_and_partitions_are_counted_each_for_itself()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 });
        foreach (var partition in new[] { 0, 1 })
        {
            foreach (var producer in new[] { "one", "two" })
            {
                for (var i = 0; i < 3; i++)
                    (
                        await PublishAsync(engine, Counted($"{producer}{i}", i, producer: producer, partition: partition))
                    ).Duplicate.ShouldBeFalse();
            }
        }

        (await ReadEverythingAsync(engine, 1)).Count.ShouldBe(6);
    }

    [Fact]
    public async Task A_batch_takes_consecutive_numbers_and_what_is_stored_of_it_is_not_stored_again()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await BatchAsync(engine, 0, 3);
        await PublishAsync(engine, "between");
        var later = await BatchAsync(other, 1, 5);
        later.Select(p => (p.Offset, p.Duplicate)).ShouldBe([(1, true), (2, true), (4, false), (5, false), (6, false)]);
        (await BatchAsync(engine, 0, 6)).ShouldAllBe(p => p.Duplicate);
        (await TextsAsync(engine)).ShouldBe(["0", "1", "2", "between", "3", "4", "5"]);
    }

    [Fact]
    public async Task Of_the_same_numbers_sent_at_once_in_several_processes_each_is_stored_once()
    {
        TestEngine[] engines = [await StartWithTopicAsync(), Start(), Start()];
        for (var i = 0; i < 12; i++)
        {
            var sequence = i;
            var published = await Task.WhenAll(engines.Select(e => PublishAsync(e, Counted($"{sequence}", sequence))));
            published.Count(p => !p.Duplicate).ShouldBe(1);
            published.Select(p => p.Offset).Distinct().ShouldBe([i]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_whose_answer_was_lost_is_stored_once_and_the_next_number_is_right(bool arrives)
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, Counted("a", 0));
        _ = arrives ? engine.Faults.LoseAnswer(r => r.AppendsRecords) : engine.Faults.LoseRequest(r => r.AppendsRecords);
        (await PublishAsync(engine, Counted("b", 1))).ShouldSatisfyAllConditions(
            p => p.Offset.ShouldBe(1),
            p => p.Duplicate.ShouldBeFalse()
        );
        (await PublishAsync(engine, Counted("c", 2))).Offset.ShouldBe(2);
        (await PublishAsync(engine, Counted("b", 1))).Offset.ShouldBe(1);
        (await TextsAsync(engine)).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task A_consumer_that_derives_one_topic_from_another_is_exactly_once_wherever_it_is_killed()
    {
        const int Records = 30;
        var derived = Topic("derived");
        var start = await StartWithTopicAsync();
        _ = (await start.Topics.PutTopicAsync(derived, OnePartition, default, Cancellation)).Value;
        foreach (var outcome in await PublishAllAsync(start, Enumerable.Range(0, Records).Select(i => Text($"{i}"))))
            _ = outcome.Value;
        var group = TestEngine.Name("deriver");
        var random = new Random(7);
        for (var life = 0; ; life++)
        {
            life.ShouldBeLessThan(200);
            var engine = Start();
            // It is killed at some request to storage, and another one goes on.
            var left = random.Next(2, 40);
            _ = engine.Faults.LoseRequest(r => Interlocked.Decrement(ref left) < 0 && Die(engine), int.MaxValue);
            if (await DeriveAsync(engine, derived, group, life, random))
                break;
            engine.Kill();
            Time.Advance(TimeSpan.FromMinutes(2));
        }

        var all = (await Start().Topics.ReadAsync(derived, new ReadRequest { Partition = 0, MaxRecords = 1000 }, Cancellation)).Value;
        all.Records.Select(TextOf).ShouldBe(Enumerable.Range(0, Records).Select(i => $"{i}!"));
    }

    private static bool Die(TestEngine engine)
    {
        engine.Faults.Kill();
        return true;
    }

    /// <summary>Derives all that is left; false when the process died before.</summary>
    private static async Task<bool> DeriveAsync(TestEngine engine, TopicName derived, QueueName group, int life, Random random)
    {
        IReadOnlyList<string> tokens = [];
        while (true)
        {
            var request = new GroupReadRequest
            {
                Member = TestEngine.Name($"life{life}"),
                From = new ReadFrom.Earliest(),
                MaxRecords = random.Next(1, 6),
                Commit = tokens,
                After = tokens,
            };
            if (await OrDeathAsync(engine, engine.Topics.Groups.ReadAsync(Events, group, request, Cancellation)) is not { } read)
                return false;
            if (read.Records.Count == 0)
                return read.Assigned.Count > 0;
            foreach (var record in read.Records)
            {
                var made = Text(TextOf(record) + "!") with
                {
                    Partition = record.Partition,
                    Producer = new ProducerStamp("deriver", life, record.Offset),
                };
                if (await OrDeathAsync(engine, engine.Topics.PublishAsync(derived, made, Cancellation)) is null)
                    return false;
            }

            tokens = [.. read.Tokens.Select(t => t.Token)];
        }
    }

    /// <summary>What a call is answered; null when the process dies before.</summary>
    private static async Task<T?> OrDeathAsync<T>(TestEngine engine, Task<Outcome<T>> call)
        where T : class
    {
        await Eventually.HoldsAsync("it answers, or dies", () => call.IsCompleted || engine.Faults.IsKilled);
        return call.IsCompletedSuccessfully && (await call).Failure is null ? (await call).Value : null;
    }

    private static PublishRequest Counted(string text, long sequence, long epoch = 0, string producer = "p", int partition = 0) =>
        Text(text) with
        {
            Partition = partition,
            Producer = new ProducerStamp(producer, epoch, sequence),
        };

    private static async Task<IReadOnlyList<Published>> BatchAsync(TestEngine engine, int first, int count) =>
        (
            await engine
                .Topics.PublishAtomicAsync(
                    Events,
                    new AtomicPublish
                    {
                        Records = [.. Enumerable.Range(first, count).Select(i => Text($"{i}"))],
                        Partition = 0,
                        Producer = new ProducerStamp("p", 0, first),
                    },
                    Cancellation
                )
                .WithinPatienceAsync()
        ).Value;
}
