using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Registry;

/// <summary>Topics are made, changed under conditions, listed and looked at.</summary>
public sealed class TopicRegistryTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task A_new_topic_has_the_settings_that_were_given_and_defaults_for_the_others()
    {
        var engine = Start();
        var put = await PutAsync(
            engine,
            new TopicSettingsChange
            {
                Partitions = 3,
                Retention = (TimeSpan?)null,
                Tags = new Dictionary<string, string> { ["team"] = "a" },
            }
        );
        put.Created.ShouldBeTrue();
        put.Status.Partitions.ShouldBe([.. Enumerable.Range(0, 3).Select(p => new PartitionInfo(p, 0, 0, null))]);
        var info = (await Start().Topics.GetTopicAsync(Events, Cancellation)).Value.Topic;
        info.CreatedAt.ShouldBe(Time.GetUtcNow());
        info.Settings.ShouldSatisfyAllConditions(
            s => s.Partitions.ShouldBe(3),
            s => s.Retention.ShouldBeNull(),
            s => s.DeduplicationWindow.ShouldBe(TimeSpan.FromSeconds(300)),
            s => s.ContentBasedDeduplication.ShouldBeFalse(),
            s => s.AlternateQueue.ShouldBeNull(),
            s => s.Tags.ShouldBe(new Dictionary<string, string> { ["team"] = "a" })
        );
    }

    [Fact]
    public async Task A_change_names_what_it_changes_and_moves_the_tag()
    {
        var engine = await StartWithQueueAsync();
        await PutAsync(engine, new TopicSettingsChange { Partitions = 2, AlternateQueue = "orders" });
        var before = (await engine.Topics.FindTopicAsync(Events, Cancellation)).Value;
        Time.Advance(TimeSpan.FromSeconds(5));
        var put = await PutAsync(engine, new TopicSettingsChange { Retention = TimeSpan.FromHours(1) });
        put.Created.ShouldBeFalse();
        put.Status.Topic.ShouldSatisfyAllConditions(
            t => t.ETag.ShouldNotBe(before.ETag),
            t => t.CreatedAt.ShouldBe(before.CreatedAt),
            t => t.ChangedAt.ShouldBe(Time.GetUtcNow()),
            t => t.Settings.Retention.ShouldBe(TimeSpan.FromHours(1)),
            t => t.Settings.AlternateQueue.ShouldBe("orders"),
            t => t.Settings.Partitions.ShouldBe(2)
        );
    }

    [Fact]
    public async Task Conditions_hold_or_nothing_happens()
    {
        var engine = await StartWithTopicAsync();
        var tag = (await engine.Topics.FindTopicAsync(Events, Cancellation)).Value.ETag;
        var change = new TopicSettingsChange { ContentBasedDeduplication = true };
        (await TryPutAsync(engine, change, new TopicCondition(null, true))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
        (await TryPutAsync(engine, change, new TopicCondition("other", false))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
        (await TryPutAsync(engine, change, new TopicCondition(tag, false))).Failure.ShouldBeNull();
        (await TryPutAsync(engine, change, new TopicCondition(tag, false))).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
        (await TryPutAsync(engine, change, new TopicCondition("*", false))).Failure.ShouldBeNull();
        (
            await engine.Topics.PutTopicAsync(Topic("other"), change, new TopicCondition("*", false), Cancellation)
        ).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
    }

    [Fact]
    public async Task The_number_of_partitions_is_fixed_and_settings_have_their_ranges()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 });
        (await TryPutAsync(engine, new TopicSettingsChange { Partitions = 3 })).Failure.ShouldBeOfType<Failure.TopicTypeMismatch>();
        var bad = new TopicSettingsChange
        {
            Partitions = 33,
            Retention = TimeSpan.FromDays(366),
            AlternateQueue = "a b",
            DeduplicationWindow = TimeSpan.Zero,
        };
        (await TryPutAsync(engine, bad))
            .Failure.ShouldBeOfType<Failure.Invalid>()
            .Faults.Select(f => f.Field)
            .ShouldBe(["partitions", "retentionSeconds", "alternateQueue", "deduplicationWindowSeconds"]);
    }

    [Fact]
    public async Task Of_processes_that_create_a_topic_at_once_one_does_and_all_mean_the_same()
    {
        var engines = Enumerable.Range(0, 6).Select(_ => Start()).ToList();
        var puts = await Task.WhenAll(engines.Select(e => PutAsync(e)));
        puts.Count(p => p.Created).ShouldBe(1);
        puts.Select(p => p.Status.Topic.ETag).Distinct().Count().ShouldBeLessThanOrEqualTo(6);
        var ids = await Task.WhenAll(engines.Select(e => PublishAsync(e, "a")));
        ids.Select(p => p.Offset).Order().ShouldBe([0, 1, 2, 3, 4, 5]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_creation_whose_answer_was_lost_is_told_as_it_is(bool carriedOut)
    {
        var engine = Start();
        Func<FuncQueue.Tests.Support.StorageRequest, bool> creates = r =>
            r.IsTableWrite && r.Operations.Any(o => o.IsInsert && o.RowKey.StartsWith("o:", StringComparison.Ordinal));
        if (carriedOut)
            engine.Faults.LoseAnswer(creates);
        else
            engine.Faults.LoseRequest(creates);
        var put = await engine.Topics.PutTopicAsync(Events, OnePartition, default, Cancellation);
        if (carriedOut)
            put.Value.Created.ShouldBeTrue();
        else
            put.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await PutAsync(engine)).Created.ShouldBe(!carriedOut);
        (await PublishAsync(engine, "a")).Offset.ShouldBe(0);
    }

    [Fact]
    public async Task Topics_are_listed_by_name_page_by_page_and_queues_are_not_among_them()
    {
        var engine = await StartWithQueueAsync();
        foreach (var name in new[] { "b1", "a", "b3", "b2" })
            await engine.Topics.PutTopicAsync(Topic(name), OnePartition, default, Cancellation);
        var page = (await engine.Topics.ListTopicsAsync("b", 2, null, Cancellation)).Value;
        page.Topics.Select(t => t.Name.Value).ShouldBe(["b1", "b2"]);
        page = (await engine.Topics.ListTopicsAsync("b", 2, page.Continuation, Cancellation)).Value;
        page.Topics.Select(t => t.Name.Value).ShouldBe(["b3"]);
        page.Continuation.ShouldBeNull();
        (await engine.Topics.ListTopicsAsync("", 10, null, Cancellation)).Value.Topics.Count.ShouldBe(4);
        (await engine.Engine.ListQueuesAsync("", 10, null, Cancellation)).Value.Queues.Select(q => q.Name.Value).ShouldBe(["orders"]);
    }

    [Fact]
    public async Task What_is_in_a_topic_is_told_by_partition()
    {
        var engine = await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 });
        await PublishAsync(engine, Text("a") with { Partition = 1 });
        Time.Advance(TimeSpan.FromSeconds(1));
        await PublishAsync(engine, Text("b") with { Partition = 1 });
        (await Start().Topics.GetTopicAsync(Events, Cancellation)).Value.Partitions.ShouldBe([
            new PartitionInfo(0, 0, 0, null),
            new PartitionInfo(1, 0, 2, Time.GetUtcNow()),
        ]);
    }

    [Fact]
    public async Task A_registry_row_of_another_form_is_no_free_name()
    {
        ExpectsErrors = true;
        var engine = await StartWithTopicAsync();
        var registry = new Azure.Data.Tables.TableClient(Azurite.ConnectionString, Options.RegistryTable);
        var row = (
            await registry.GetEntityAsync<Azure.Data.Tables.TableEntity>("registry", "o:events", cancellationToken: Cancellation)
        ).Value;
        row["Settings"] = "{";
        await registry.UpdateEntityAsync(row, row.ETag, Azure.Data.Tables.TableUpdateMode.Replace, Cancellation);
        (await TryPutAsync(Start(), OnePartition)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await TryPublishAsync(Start(), Text("a"))).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
    }

    private static Task<Outcome<TopicPut>> TryPutAsync(TestEngine engine, TopicSettingsChange change, TopicCondition condition = default) =>
        engine.Topics.PutTopicAsync(Events, change, condition, Cancellation).WithinPatienceAsync();
}
