using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>
/// Of two queues of one name, one after the other, neither gets what is meant for the other, whoever stops, or is late, at whatever step.
/// </summary>
[Trait("Guarantee", "1")]
public sealed class GenerationTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    public enum Cut
    {
        TableNotRemoved,
        TableRemoved,
    }

    [Fact]
    public async Task What_a_process_that_remembers_a_deleted_queue_is_told_is_stored_is_in_the_queue_made_since()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await second.EnqueueAsync("old");
        var refused = first.Faults.Refuse(RemovesTable, int.MaxValue);
        (await DeleteAsync(first)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        refused.Count.ShouldBePositive();
        // The table cannot be removed: the name is not free, and nobody says so.
        (await first.Engine.PutQueueAsync(first.Queue, new QueueSettingsChange(), default, Cancellation)).Failure.ShouldNotBeNull();
        first.Faults.Clear();
        (await first.PutQueueAsync()).Created.ShouldBeTrue();
        var id = await second.EnqueueAsync("new");
        (await first.DequeueEverythingAsync()).ShouldHaveSingleItem().Id().ShouldBe(id);
    }

    [Fact]
    public async Task What_a_paused_queue_would_refuse_the_one_made_since_takes()
    {
        var (first, second) = (await StartWithQueueAsync(new QueueSettingsChange { State = QueueState.Paused }), Start());
        (await second.TryEnqueueAsync("old")).Failure.ShouldBeOfType<Failure.QueuePaused>();
        (await DeleteAsync(first)).Value.ShouldBeTrue();
        await first.PutQueueAsync();
        var id = await second.EnqueueAsync("new");
        (await first.DequeueEverythingAsync()).ShouldHaveSingleItem().Id().ShouldBe(id);
    }

    [Theory]
    [InlineData(Cut.TableNotRemoved)]
    [InlineData(Cut.TableRemoved)]
    public async Task A_deletion_that_a_process_died_in_is_finished_by_who_creates_the_queue_again(Cut cut)
    {
        var (victim, second, survivor) = (await StartWithQueueAsync(), Start(), Start());
        await second.EnqueueAsync("old");
        await KillDuringDeletionAsync(victim, cut);
        (await survivor.Engine.GetQueueAsync(survivor.Queue, Cancellation)).Failure.ShouldBe(new Failure.QueueNotFound(survivor.Queue));
        (await survivor.Engine.ListQueuesAsync("", 10, null, Cancellation)).Value.Queues.ShouldBeEmpty();
        (await survivor.PutQueueAsync()).Created.ShouldBeTrue();
        var id = await second.EnqueueAsync("new");
        (await survivor.DequeueEverythingAsync()).ShouldHaveSingleItem().Id().ShouldBe(id);
        Time.Advance(TimeSpan.FromHours(2));
        (await survivor.SweepAsync(everything: true)).ShardsFailed.ShouldBe(0);
        await second.EnqueueAsync("still there");
    }

    [Theory]
    [InlineData(Cut.TableNotRemoved)]
    [InlineData(Cut.TableRemoved)]
    public async Task A_deletion_that_a_process_died_in_is_finished_by_who_deletes_the_queue_again_or_by_a_sweep(Cut cut)
    {
        var (victim, survivor) = (await StartWithQueueAsync(), Start());
        var table = await TableAsync();
        await KillDuringDeletionAsync(victim, cut);
        if (cut == Cut.TableNotRemoved)
            (await DeleteAsync(survivor)).Value.ShouldBeFalse();
        else
            Time.Advance(TimeSpan.FromHours(2));
        await survivor.SweepAsync();
        (await RowAsync("q:orders")).ShouldBeNull();
        new TableServiceClient(Azurite.ConnectionString).Query(t => t.Name == table, cancellationToken: Cancellation).ShouldBeEmpty();
    }

    [Fact]
    public async Task While_one_process_waits_for_the_table_to_go_another_creates_the_queue_again()
    {
        var (slow, second, third) = (await StartWithQueueAsync(), Start(), Start());
        await third.EnqueueAsync("old");
        var held = slow.Faults.Hold(RemovesTable);
        var deletion = DeleteAsync(slow);
        await held.Reached;
        (await second.PutQueueAsync()).Created.ShouldBeTrue();
        var id = await third.EnqueueAsync("new");
        held.Release();
        (await deletion).Value.ShouldBeTrue();
        (await slow.DequeueEverythingAsync()).ShouldHaveSingleItem().Id().ShouldBe(id);
    }

    [Fact]
    public async Task A_deletion_that_is_tried_again_leaves_the_queue_made_meanwhile_alone()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await first.EnqueueAsync("old");
        var lost = first.Faults.LoseAnswer(WritesQueueRow);
        var held = first.Faults.Hold(r =>
            lost.Count > 0 && r.IsRead && r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal)
        );
        var deletion = DeleteAsync(first);
        await held.Reached;
        (await second.PutQueueAsync()).Created.ShouldBeTrue();
        var id = await second.EnqueueAsync("new");
        held.Release();
        (await deletion).Value.ShouldBeTrue();
        (await first.DequeueEverythingAsync()).ShouldHaveSingleItem().Id().ShouldBe(id);
    }

    [Fact]
    public async Task A_deletion_that_arrives_late_leaves_the_queue_made_meanwhile_alone()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        var late = first.Faults.Delay(WritesQueueRow);
        (await DeleteAsync(first)).Value.ShouldBeTrue();
        (await second.PutQueueAsync()).Created.ShouldBeTrue();
        var id = await second.EnqueueAsync("new");
        (await late.ArriveAsync()).ShouldContain("412");
        (await first.DequeueEverythingAsync()).ShouldHaveSingleItem().Id().ShouldBe(id);
    }

    [Fact]
    public async Task A_purge_that_was_begun_on_a_deleted_queue_is_not_gone_on_with_on_the_next()
    {
        var (first, second) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 2 }), Start());
        await first.EnqueueInEveryShardAsync(2);
        // Of each shard the keys, then the messages.
        var reads = 0;
        var held = first.Faults.Hold(r =>
            r.IsQuery && !r.Resource.StartsWith(Options.RegistryTable, StringComparison.Ordinal) && Interlocked.Increment(ref reads) == 3
        );
        var purge = first.Engine.PurgeAsync(first.Queue, MessageSource.Live, Cancellation);
        await held.Reached;
        (await DeleteAsync(second)).Value.ShouldBeTrue();
        await second.PutQueueAsync();
        var id = await second.EnqueueAsync("new");
        held.Release();
        (await purge).Value.ShouldBe(new Purged(1, Complete: false));
        (await first.DequeueEverythingAsync()).ShouldHaveSingleItem().Id().ShouldBe(id);
    }

    [Fact]
    public async Task A_creation_that_stood_still_while_a_sweep_was_removing_its_table_creates_a_queue_that_works()
    {
        var (slow, sweeper) = (Start(), Start());
        var commit = slow.Faults.Hold(WritesQueueRow);
        var creation = slow.PutQueueAsync();
        await commit.Reached;
        Time.Advance(TimeSpan.FromHours(2));
        var removal = sweeper.Faults.Hold(RemovesTable);
        var sweep = sweeper.SweepAsync(SweepScope.Storage);
        await removal.Reached;
        commit.Release();
        (await creation).Created.ShouldBeTrue();
        removal.Release();
        (await sweep).ShardsFailed.ShouldBe(0);
        await slow.EnqueueAsync("a");
        (await sweeper.DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_creation_or_deletion_whose_write_was_throttled_after_it_was_done_is_told_as_done(bool delete)
    {
        var engine = Start();
        if (delete)
            await engine.PutQueueAsync();
        var fault = engine.Faults.ThrottleAfterwards(WritesQueueRow);
        if (delete)
            (await DeleteAsync(engine)).Value.ShouldBeTrue();
        else
            (await engine.PutQueueAsync()).Created.ShouldBeTrue();
        fault.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_deletion_that_storage_throttles_says_that_nothing_happened_and_nothing_has()
    {
        var engine = await StartWithQueueAsync();
        var fault = engine.Faults.Throttle(WritesQueueRow);
        (await DeleteAsync(engine)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        fault.Count.ShouldBe(1);
        await Start().EnqueueAsync("there");
    }

    private static bool RemovesTable(StorageRequest request) =>
        request.Method == "DELETE" && request.Resource.StartsWith("Tables", StringComparison.Ordinal);

    private static bool WritesQueueRow(StorageRequest request) =>
        request.IsTableWrite && request.Operations.Any(o => o.RowKey == "q:orders");

    private static async Task KillDuringDeletionAsync(TestEngine victim, Cut cut)
    {
        var held =
            cut == Cut.TableNotRemoved
                ? victim.Faults.Hold(RemovesTable)
                : victim.Faults.Hold(r => r.IsTableWrite && r.Operations.Count == 1 && r.Operations[0].RowKey == "q:orders");
        var deletion = DeleteAsync(victim);
        await held.Reached;
        victim.Kill();
        held.Release();
        await deletion;
    }

    private static Task<Outcome<bool>> DeleteAsync(TestEngine engine) => engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation);

    private async Task<string> TableAsync() => (await RowAsync("q:orders"))!.GetString("Table");

    private async Task<TableEntity?> RowAsync(string key)
    {
        var row = await new TableClient(Azurite.ConnectionString, Options.RegistryTable).GetEntityIfExistsAsync<TableEntity>(
            "registry",
            key,
            cancellationToken: Cancellation
        );
        return row.HasValue ? row.Value : null;
    }
}
