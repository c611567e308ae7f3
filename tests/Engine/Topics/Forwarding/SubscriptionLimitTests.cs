using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;
using FuncQueue.Engine.Topics.Subscriptions;

namespace FuncQueue.Engine.Tests.Topics.Forwarding;

/// <summary>What a subscription may not be, or not yet: one too many, of a later version, or at its end before all has arrived.</summary>
public sealed class SubscriptionLimitTests(AzuriteFixture azurite) : ForwardingTest(azurite)
{
    [Fact]
    public async Task A_topic_has_a_thousand_subscriptions_and_no_more_and_an_alternate_queue_beside_them()
    {
        var engine = await StartWithTopicAsync();
        await SubscribeAsync(engine, "first");
        await FillAsync(await OneAsync(), Limits.MaxSubscriptions - 2);
        await SubscribeAsync(engine, "last");
        await engine.Engine.SetQueueAsync(TestEngine.Name("more"), new QueueSettingsChange(), default, Cancellation);
        (await TrySubscribeAsync(engine, "more")).Failure.ShouldBeOfType<Failure.SubscriptionLimit>();
        // What is there can still be changed, ended, and followed by another one.
        (await TrySubscribeAsync(engine, "last", ByKey("a"))).Failure.ShouldBeNull();
        await PutAsync(engine, new TopicSettingsChange { AlternateQueue = new Given<string?>("more") });
        (await PublishAsync(engine, Routed("x", "b"))).Matched.ShouldBe(1);
        (await engine.Topics.DeleteSubscriptionAsync(Events, TestEngine.Name("first"), drain: true, Cancellation)).Value.ShouldBeTrue();
        (await TrySubscribeAsync(engine, "first")).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_process_that_cannot_read_a_filter_publishes_nothing_until_it_can()
    {
        var (engine, older) = (await StartWithTopicAsync(), Start());
        await SubscribeAsync(engine, "orders", ByKey("a"));
        var row = await OneAsync();
        var filters = row.GetBinary("Filters");
        row["Filters"] = (byte[])[StoredFilters.CurrentVersion + 1, .. filters[1..]];
        await Registry.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Cancellation);
        (await TryPublishAsync(older, Routed("1", "a"))).Failure.ShouldBeOfType<Failure.FiltersNewer>();
        // One that knows them from before goes on.
        (await PublishAsync(engine, Routed("2", "a"))).Offset.ShouldBe(0);
        row = await OneAsync();
        row["Filters"] = filters;
        await Registry.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Cancellation);
        (await PublishAsync(older, Routed("3", "a"))).Matched.ShouldBe(1);
    }

    [Fact]
    public async Task An_end_that_takes_longer_than_a_minute_is_told_as_unknown_and_goes_on()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await SubscribeAsync(engine, "orders");
        engine.Faults.Refuse(r => r.InsertsMessages, int.MaxValue);
        await PublishAsync(engine, "a");
        var ending = engine.Topics.DeleteSubscriptionAsync(Events, TestEngine.Name("orders"), drain: true, Cancellation);
        await Eventually.HoldsAsync(
            "a minute is over",
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(10));
                return ending.IsCompleted;
            }
        );
        (await ending).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        // It is ended for all that is published from now on, and what was routed before still arrives.
        (await PublishAsync(other, "b")).Matched.ShouldBe(0);
        (await CountsAsync(other, "orders")).Ready.ShouldBe(0);
        engine.Kill();
        await ForwardAsync(other);
        (await TakeAllAsync(other, "orders")).Select(m => m.Text()).ShouldBe(["a"]);
        (await other.Topics.DeleteSubscriptionAsync(Events, TestEngine.Name("orders"), drain: true, Cancellation)).Value.ShouldBeFalse();
    }

    private TableClient Registry => new(Azurite.ConnectionString, Options.RegistryTable);

    /// <summary>The row of the only subscription.</summary>
    private async Task<TableEntity> OneAsync()
    {
        var rows = new List<TableEntity>();
        await foreach (var row in Registry.QueryAsync<TableEntity>("RowKey ge 's:' and RowKey lt 't:'", cancellationToken: Cancellation))
            rows.Add(row);
        return rows.ShouldHaveSingleItem();
    }

    /// <summary>Puts so many more rows of subscriptions there, as if they were being made.</summary>
    private async Task FillAsync(TableEntity like, int count)
    {
        var one = SubscriptionRow.Read(like);
        var rows = Enumerable
            .Range(0, count)
            .Select(i =>
                one with
                {
                    Name = $"fill-{i}",
                    Number = 1000 + i,
                    Id = (ulong)i,
                    State = SubscriptionState.Opening,
                    TargetTable = $"q{i}",
                }
            );
        foreach (var chunk in rows.Chunk(100))
            await Registry.SubmitTransactionAsync(chunk.Select(r => r.Insert()), Cancellation);
    }
}
