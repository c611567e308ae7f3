using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Accounts;

/// <summary>Several storage accounts: each queue lies in one of them, and every process knows in which.</summary>
public sealed class PlacementTests(AzuriteFixture azurite, SecondAccount second) : AccountsTest(azurite, second)
{
    [Fact]
    public async Task New_queues_are_spread_over_the_accounts_and_each_table_is_in_the_one_that_the_registry_names()
    {
        var engine = Start(Both);
        var inSecond = 0;
        for (var i = 0; i < 24; i++)
        {
            engine.Queue = TestEngine.Name($"spread-{i}");
            await engine.PutQueueAsync();
            var row = await RegisteredAsync(engine.Queue);
            var there = row.GetString("Account") is not null;
            if (there)
                row.GetString("Account").ShouldBe(Second.TableServiceUri.AbsoluteUri);
            inSecond += there ? 1 : 0;
            (await HasTableAsync(Azurite.ConnectionString, row.GetString("Table"))).ShouldBe(!there);
            (await HasTableAsync(Second.ConnectionString, row.GetString("Table"))).ShouldBe(there);
        }

        // Of 24 tosses of a coin, all fall alike once in eight million times.
        inSecond.ShouldBeInRange(1, 23);
        (await engine.Engine.ListQueuesAsync("spread-", 100, null, Cancellation)).Value.Queues.Count.ShouldBe(24);
    }

    [Fact]
    public async Task The_whole_life_of_messages_goes_on_in_the_account_of_their_queue()
    {
        var (sender, consumer) = (Start(Both), Start(Both));
        await PutInSecondAsync(sender, new QueueSettingsChange { MaxDeliveryCount = 2 });
        consumer.Queue = sender.Queue;
        var small = await sender.EnqueueAsync("small");
        var large = await sender.EnqueueAsync(Large);
        (await SecondBlobs.NamesAsync()).Count.ShouldBe(1);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
        (await consumer.ReadBodyAsync(large)).Length.ShouldBe(Limits.MaxInlineBodyBytes * 2);
        var messages = await consumer.DequeueAsync(2);
        messages.Select(m => m.Id()).ShouldBe([small, large], ignoreOrder: true);
        // A receipt says nothing of accounts: it is good in every process.
        (await sender.AckAsync(messages.Single(m => m.Id() == large))).ShouldBe(SettleStatus.Ok);
        (await sender.DeadLetterAsync(messages.Single(m => m.Id() == small), "broken")).ShouldBe(SettleStatus.Ok);
        (await consumer.Engine.RedriveAsync(consumer.Queue, new RedriveRequest(), Cancellation)).Value.Moved.ShouldBe(1);
        (await sender.DequeueOneAsync()).Text().ShouldBe("small");
        (await consumer.CountsAsync()).ShouldBe(new MessageCounts { Leased = 1 });
    }

    [Fact]
    public async Task Dead_letters_are_redriven_to_a_queue_in_another_account_with_their_payloads()
    {
        var engine = Start(Both);
        await PutInFirstAsync(engine);
        var target = engine.Queue;
        await PutInSecondAsync(engine);
        await engine.EnqueueAllAsync([Large, TestEngine.Text("small")]);
        foreach (var message in await engine.DequeueAsync(2))
            await engine.DeadLetterAsync(message);
        (await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest { To = target }, Cancellation)).Value.Moved.ShouldBe(2);
        engine.Queue = target;
        var arrived = await engine.DequeueAsync(2);
        arrived.Count.ShouldBe(2);
        (await Blobs.NamesAsync()).Count.ShouldBe(1);
        (await engine.ReadBodyAsync(arrived.Single(m => m.Message.Body is null).Id())).Length.ShouldBe(Limits.MaxInlineBodyBytes * 2);
    }

    [Fact]
    public async Task An_account_may_be_added_and_the_queues_stay_where_they_are()
    {
        var before = Start();
        await before.PutQueueAsync();
        await before.EnqueueAsync("a");
        (await RegisteredAsync(before.Queue)).ContainsKey("Account").ShouldBeFalse();
        var after = Start(Both);
        (await after.DequeueOneAsync()).Text().ShouldBe("a");
        (await after.PutQueueAsync(new QueueSettingsChange { Shards = 2 })).Created.ShouldBeFalse();
        (await RegisteredAsync(before.Queue)).ContainsKey("Account").ShouldBeFalse();
        var table = await PutInSecondAsync(after);
        await after.PutQueueAsync(new QueueSettingsChange { Shards = 2 });
        var changed = await RegisteredAsync(after.Queue);
        (changed.GetString("Table"), changed.GetString("Account")).ShouldBe((table, Second.TableServiceUri.AbsoluteUri));
        await after.EnqueueAsync("b");
        (await after.DequeueOneAsync()).Text().ShouldBe("b");
    }

    [Fact]
    public void An_account_that_is_listed_twice_is_refused() =>
        Should
            .Throw<ArgumentException>(() => Start([Azurite.ConnectionString, Second.ConnectionString, Second.ConnectionString]))
            .Message.ShouldContain(Second.TableServiceUri.AbsoluteUri);
}
