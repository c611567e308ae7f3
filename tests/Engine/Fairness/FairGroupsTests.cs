using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Fairness;

/// <summary>Groups of a standard queue take turns: one with a long backlog does not keep the others waiting.</summary>
public sealed class FairGroupsTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_of_quiet_groups_come_within_one_delivery_for_each_group(bool sameProcess)
    {
        var engine = await StartWithQueueAsync();
        var consumer = sameProcess ? engine : Start();
        await EnqueueAsync(engine, "noisy", 500);
        await consumer.DequeueAsync();
        await EnqueueAsync(engine, "quiet", 1);
        await EnqueueAsync(engine, "calm", 1);
        var seen = new List<string?>();
        await Eventually.HoldsAsync(
            "both have come",
            async () =>
            {
                // What another process has enqueued is seen at the next look, a second later at most.
                if (!sameProcess)
                    Time.Advance(TimeSpan.FromMilliseconds(250));
                seen.Add((await consumer.DequeueOneAsync()).Message.GroupId);
                return seen.Contains("quiet") && seen.Contains("calm");
            }
        );
        // Here, where it is known at once, one delivery for each group is all it takes.
        if (sameProcess)
            seen.Count.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Groups_with_backlogs_get_equal_shares_also_of_one_call()
    {
        var engine = await StartWithQueueAsync();
        await EnqueueAsync(engine, "a", 300);
        await EnqueueAsync(engine, "b", 100);
        await EnqueueAsync(engine, null, 100);
        var delivered = (await Start().DequeueAsync(60)).CountBy(m => m.Message.GroupId ?? "").ToDictionary();
        delivered.ShouldBe(
            new Dictionary<string, int>
            {
                ["a"] = 20,
                ["b"] = 20,
                [""] = 20,
            },
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task A_group_that_was_served_alone_for_long_owes_the_others_nothing()
    {
        var engine = await StartWithQueueAsync();
        await EnqueueAsync(engine, "a", 200);
        await engine.DequeueAsync(100);
        await EnqueueAsync(engine, "b", 100);
        (await engine.DequeueAsync(40)).Count(m => m.Message.GroupId == "a").ShouldBeInRange(19, 21);
    }

    [Fact]
    public async Task Within_a_group_the_oldest_message_comes_first()
    {
        var engine = await StartWithQueueAsync();
        for (var i = 0; i < 10; i++)
            await engine.EnqueueAsync(TestEngine.Text($"{i}") with { GroupId = i % 2 == 0 ? "even" : "odd" });
        var texts = (await Start().DequeueAsync(10)).Select(m => m.Text()).ToList();
        texts.Where(t => int.Parse(t, System.Globalization.CultureInfo.InvariantCulture) % 2 == 0).ShouldBe(["0", "2", "4", "6", "8"]);
        texts.Where(t => int.Parse(t, System.Globalization.CultureInfo.InvariantCulture) % 2 == 1).ShouldBe(["1", "3", "5", "7", "9"]);
    }

    [Fact]
    public async Task Priority_counts_before_turns()
    {
        var engine = await StartWithQueueAsync();
        await EnqueueAsync(engine, "low", 5);
        await engine.EnqueueAllAsync(Enumerable.Range(0, 5).Select(i => TestEngine.Text($"{i}") with { GroupId = "high", Priority = 5 }));
        (await Start().DequeueAsync(5)).ShouldAllBe(m => m.Message.GroupId == "high");
    }

    [Fact]
    public async Task A_message_behind_thousands_of_rows_of_a_noisy_group_is_come_by_at_a_thousand_rows_a_look()
    {
        const int Rows = 3000;
        var engine = await StartWithQueueAsync(options: Options with { MaxMessagesPerRow = 1 });
        for (var i = 0; i < Rows; i += 100)
            await EnqueueAsync(engine, "noisy", 100);
        await EnqueueAsync(engine, "quiet", 1);
        var consumer = Start();
        // A scan is made every second while somebody dequeues. After those that come by every row, what they found is still to be taken in.
        for (var deliveries = 0; deliveries < Rows && Pages() <= Rows / 1000 + 2; deliveries++)
        {
            if ((await consumer.DequeueOneAsync(TimeSpan.FromHours(1))).Message.GroupId == "quiet")
                return;
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        // In the lane of the messages; that of others, where an urgent one would be, is read beside it.
        int Pages() =>
            consumer.Requests.CountOf(r =>
                r.IsQuery
                && r.Uri.Query.Contains("select", StringComparison.Ordinal)
                && Uri.UnescapeDataString(r.Uri.Query) is var query
                && !query.Contains("RowKey lt 'm9'", StringComparison.Ordinal)
                && !query.Contains("RowKey ge 's'", StringComparison.Ordinal)
            );

        throw new InvalidOperationException("The quiet group's message was passed by.");
    }

    [Fact]
    public async Task Every_message_of_many_groups_is_delivered_once()
    {
        var engines = new[] { await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start() };
        for (var i = 0; i < 5; i++)
            await engines[0]
                .EnqueueAllAsync(
                    Enumerable.Range(0, 100).Select(n => TestEngine.Text($"{i}.{n}") with { GroupId = n % 7 == 0 ? null : $"g{n % 40}" })
                );
        var all = await Task.WhenAll(engines.Select(e => e.DequeueEverythingAsync(TimeSpan.FromHours(1))));
        all.SelectMany(m => m)
            .Select(m => m.Text())
            .ShouldBe(Enumerable.Range(0, 5).SelectMany(i => Enumerable.Range(0, 100).Select(n => $"{i}.{n}")), ignoreOrder: true);
    }

    private static async Task EnqueueAsync(TestEngine engine, string? group, int count)
    {
        for (var i = 0; i < count; i += 100)
            await engine.EnqueueAllAsync(
                Enumerable.Range(i, Math.Min(100, count - i)).Select(n => TestEngine.Text($"{group} {n}") with { GroupId = group })
            );
    }
}
