using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Accounts;

/// <summary>Sweeps, deletions and faults with several storage accounts.</summary>
public sealed class UpkeepTests(AzuriteFixture azurite, SecondAccount second) : AccountsTest(azurite, second)
{
    [Fact]
    public async Task A_sweep_tends_the_queues_of_every_account()
    {
        var engine = Start(Both);
        var queues = new List<QueueName>();
        await PutInFirstAsync(engine, new QueueSettingsChange { MaxDeliveryCount = 1 });
        queues.Add(engine.Queue);
        await PutInSecondAsync(engine, new QueueSettingsChange { MaxDeliveryCount = 1 });
        queues.Add(engine.Queue);
        foreach (var queue in queues)
        {
            engine.Queue = queue;
            await engine.EnqueueAllAsync([TestEngine.Text("poison"), Large]);
            var messages = await engine.DequeueAsync(2);
            await engine.AckAsync(messages.Single(m => m.Message.Body is null));
        }

        Time.Advance(TimeSpan.FromHours(3));
        var report = await Start(Both).SweepAsync();
        report.DeadLettered.ShouldBe(2);
        report.PayloadsDeleted.ShouldBe(2);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
        (await SecondBlobs.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_deletion_takes_table_and_payloads_from_the_account_of_the_queue()
    {
        var engine = Start(Both);
        var table = await PutInSecondAsync(engine);
        await engine.EnqueueAsync(Large);
        (await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation)).Value.ShouldBeTrue();
        (await HasTableAsync(Second.ConnectionString, table)).ShouldBeFalse();
        (await SecondBlobs.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_deletion_that_stopped_half_way_has_left_is_removed_from_its_account()
    {
        var (victim, survivor) = (Start(Both), Start(Both));
        var table = await PutInSecondAsync(victim);
        await victim.EnqueueAsync(Large);
        var held = victim.Faults.Hold(r => r.Method == "DELETE" && r.Resource.StartsWith("Tables", StringComparison.Ordinal));
        var deletion = victim.Engine.DeleteQueueAsync(victim.Queue, Cancellation);
        await held.Reached;
        victim.Kill();
        held.Release();
        (await deletion).Failure.ShouldNotBeNull();
        (await HasTableAsync(Second.ConnectionString, table)).ShouldBeTrue();
        Time.Advance(TimeSpan.FromHours(2));
        (await survivor.SweepAsync()).ShardsFailed.ShouldBe(0);
        (await HasTableAsync(Second.ConnectionString, table)).ShouldBeFalse();
        (await SecondBlobs.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_process_that_is_not_told_of_an_account_says_that_its_queues_are_unavailable_and_serves_the_others()
    {
        ExpectsErrors = true;
        var both = Start(Both);
        await PutInSecondAsync(both);
        await both.EnqueueAsync("out of reach");
        var unreachable = both.Queue;
        await PutInFirstAsync(both);
        await both.EnqueueAsync("within reach");
        var one = Start();
        one.Queue = unreachable;
        (await one.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await one.TryEnqueueAsync("x")).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        one.LoggedErrors.ShouldContain(line => line.Contains(Second.TableServiceUri.AbsoluteUri, StringComparison.Ordinal));
        (await one.Engine.ListQueuesAsync("", 1000, null, Cancellation)).Value.Queues.Select(q => q.Name).ShouldContain(unreachable);
        one.Queue = both.Queue;
        (await one.DequeueOneAsync()).Text().ShouldBe("within reach");
        Time.Advance(TimeSpan.FromMinutes(1));
        var report = await one.SweepAsync();
        (report.ShardsFailed, report.Redelivered).ShouldBe((1, 1));
        both.Queue = unreachable;
        (await both.DequeueOneAsync()).Text().ShouldBe("out of reach");
    }

    [Fact]
    public async Task A_deletion_that_an_account_does_not_carry_out_is_finished_by_a_later_sweep_and_holds_up_no_other()
    {
        var engine = Start(Both);
        var (inSecond, queues) = (await PutInSecondAsync(engine), new List<QueueName> { engine.Queue });
        var inFirst = await PutInFirstAsync(engine);
        queues.Add(engine.Queue);
        engine.Faults.Refuse(r => r.Method == "DELETE", times: 100);
        foreach (var queue in queues)
            (await engine.Engine.DeleteQueueAsync(queue, Cancellation)).Failure.ShouldNotBeNull();
        engine.Faults.Clear();
        Time.Advance(TimeSpan.FromHours(2));
        engine.Faults.Refuse(r => r.Uri.Port == Second.TableServiceUri.Port && r.Method == "DELETE", times: 100);
        (await engine.SweepAsync(SweepScope.Storage)).ShardsFailed.ShouldBe(1);
        (await HasTableAsync(Azurite.ConnectionString, inFirst)).ShouldBeFalse();
        (await HasTableAsync(Second.ConnectionString, inSecond)).ShouldBeTrue();
        engine.Faults.Clear();
        (await engine.SweepAsync(SweepScope.Storage)).ShardsFailed.ShouldBe(0);
        (await HasTableAsync(Second.ConnectionString, inSecond)).ShouldBeFalse();
    }

    [Fact]
    public async Task Health_fails_while_any_account_does_not_answer()
    {
        var engine = Start(Both);
        (await engine.Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeTrue();
        engine.Faults.Refuse(r => r.Uri.Port == Second.TableServiceUri.Port, times: 100);
        (await engine.Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeFalse();
        engine.Faults.Clear();
        (await engine.Engine.CheckHealthAsync(Cancellation)).Healthy.ShouldBeTrue();
    }
}
