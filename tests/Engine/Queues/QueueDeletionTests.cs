using Azure.Data.Tables;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>Deleting queues, and creating others of the same name.</summary>
[Trait("Guarantee", "1")]
public sealed class QueueDeletionTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Every_operation_on_a_queue_that_is_not_there_says_so()
    {
        var engine = Start();
        var (queue, id) = (engine.Queue, default(MessageId));
        var failures = new[]
        {
            (await engine.TryEnqueueAsync("a")).Failure,
            (await engine.Engine.EnqueueBatchAsync(queue, [TestEngine.Text("a")], Cancellation)).Failure,
            (await engine.TryDequeueAsync()).Failure,
            (await engine.TryDequeueAsync(new DequeueRequest { Wait = Limits.MaxWait })).Failure,
            (await engine.Engine.SettleAsync(queue, MessageSource.Live, new Settlement.Ack(), ["x"], Cancellation)).Failure,
            (await engine.Engine.PeekAsync(queue, MessageSource.Live, 1, null, Cancellation)).Failure,
            (await engine.Engine.GetQueueAsync(queue, Cancellation)).Failure,
            (await engine.Engine.FindMessageAsync(queue, id, Cancellation)).Failure,
            (await engine.Engine.OpenBodyAsync(queue, id, Cancellation)).Failure,
            (await engine.Engine.PurgeAsync(queue, MessageSource.Live, Cancellation)).Failure,
            (await engine.Engine.RedriveAsync(queue, new RedriveRequest(), Cancellation)).Failure,
        };
        failures.ShouldAllBe(f => f == new Failure.QueueNotFound(queue));
        (await engine.Engine.DeleteQueueAsync(queue, Cancellation)).Value.ShouldBeFalse();
    }

    [Fact]
    public async Task A_deleted_queue_is_gone_for_every_process()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await second.EnqueueAsync("a");
        await second.DequeueOneAsync();
        (await first.Engine.DeleteQueueAsync(first.Queue, Cancellation)).Value.ShouldBeTrue();
        foreach (var engine in new[] { first, second, Start() })
        {
            (await engine.TryEnqueueAsync("b")).Failure.ShouldBe(new Failure.QueueNotFound(first.Queue));
            (await engine.TryDequeueAsync()).Failure.ShouldBe(new Failure.QueueNotFound(first.Queue));
            (await engine.Engine.GetQueueAsync(first.Queue, Cancellation)).Failure.ShouldBe(new Failure.QueueNotFound(first.Queue));
            (await engine.Engine.DeleteQueueAsync(first.Queue, Cancellation)).Value.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_queue_created_again_at_once_has_nothing_of_the_earlier_one()
    {
        var (first, second) = (
            await StartWithQueueAsync(new QueueSettingsChange { VisibilityTimeout = TimeSpan.FromSeconds(99) }),
            Start()
        );
        for (var generation = 0; generation < 3; generation++)
        {
            var old = await second.EnqueueAllAsync($"{generation} a", $"{generation} b", $"{generation} c");
            await second.DeadLetterAsync(await second.DequeueOneAsync());
            await second.DequeueOneAsync();
            (await first.Engine.DeleteQueueAsync(first.Queue, Cancellation)).Value.ShouldBeTrue();
            (await first.PutQueueAsync()).Created.ShouldBeTrue();
            // The second process still remembers the earlier queue.
            (await second.DequeueAsync(10)).ShouldBeEmpty();
            (await second.CountsAsync()).ShouldBe(default);
            (await second.DequeueAsync(10, source: MessageSource.DeadLetters)).ShouldBeEmpty();
            foreach (var id in old)
                (await second.Engine.FindMessageAsync(second.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
            (await second.StatusAsync()).Queue.Settings.VisibilityTimeout.ShouldBe(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task A_process_that_remembers_the_earlier_queue_enqueues_into_the_one_that_is_there()
    {
        var (first, second) = (await StartWithQueueAsync(), Start());
        await second.EnqueueAsync("old");
        await first.Engine.DeleteQueueAsync(first.Queue, Cancellation);
        await first.PutQueueAsync();
        var ids = (await second.EnqueueAllAsync("a", "b")).Append(await second.EnqueueAsync("c"));
        (await first.DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact]
    public async Task A_waiting_receiver_is_told_that_its_queue_was_deleted()
    {
        var (first, second) = (await StartWithQueueAsync(time: TimeProvider.System), Start(time: TimeProvider.System));
        var waiting = new[] { first, second }.Select(e => e.TryDequeueAsync(new DequeueRequest { Wait = Limits.MaxWait })).ToList();
        await Eventually.HoldsAsync(
            "both receivers look for messages",
            () => new[] { first, second }.All(e => e.Requests.CountOf(r => r.IsQuery) > 1)
        );
        await first.Engine.DeleteQueueAsync(first.Queue, Cancellation);
        foreach (var outcome in await Task.WhenAll(waiting))
            outcome.Failure.ShouldBe(new Failure.QueueNotFound(first.Queue));
    }

    [Fact]
    public async Task A_process_that_died_while_deleting_leaves_nothing_that_a_sweep_does_not_remove()
    {
        var (victim, survivor) = (await StartWithQueueAsync(), Start());
        await victim.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(new byte[Limits.MaxInlineBodyBytes * 2]) });
        var held = victim.Faults.Hold(r => r.Method == "DELETE" && r.Resource.StartsWith("Tables", StringComparison.Ordinal));
        var deletion = victim.Engine.DeleteQueueAsync(victim.Queue, Cancellation);
        await held.Reached;
        victim.Kill();
        held.Release();
        (await deletion).Failure.ShouldNotBeNull();
        (await survivor.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.QueueNotFound>();
        (await survivor.PutQueueAsync()).Created.ShouldBeTrue();
        (await survivor.DequeueAsync()).ShouldBeEmpty();
        await survivor.EnqueueAsync("b");
        for (var i = 0; i < 3; i++)
        {
            Time.Advance(TimeSpan.FromHours(2));
            (await survivor.SweepAsync()).ShardsFailed.ShouldBe(0);
        }

        (await Blobs.NamesAsync()).ShouldBeEmpty();
        (await survivor.DequeueOneAsync()).Text().ShouldBe("b");
    }

    [Fact]
    public async Task A_process_that_died_while_creating_leaves_no_table_for_ever()
    {
        var (victim, survivor) = (Start(), Start());
        var held = victim.Faults.Hold(r => r.IsTableWrite && r.Operations.Any(o => o.RowKey == "q:orders"));
        var creation = victim.Engine.PutQueueAsync(victim.Queue, new QueueSettingsChange(), default, Cancellation);
        await held.Reached;
        victim.Kill();
        held.Release();
        (await creation).Failure.ShouldNotBeNull();
        var abandoned = (await RegistryKeysAsync()).ShouldHaveSingleItem()["g:".Length..];
        (await survivor.TryDequeueAsync()).Failure.ShouldBeOfType<Failure.QueueNotFound>();
        (await survivor.PutQueueAsync()).Created.ShouldBeTrue();
        await survivor.EnqueueAsync("a");
        Time.Advance(TimeSpan.FromHours(2));
        (await survivor.SweepAsync()).ShardsFailed.ShouldBe(0);
        (await RegistryKeysAsync()).ShouldAllBe(key => !key.StartsWith("g:", StringComparison.Ordinal));
        new TableServiceClient(Azurite.ConnectionString).Query(t => t.Name == abandoned, cancellationToken: Cancellation).ShouldBeEmpty();
        (await survivor.DequeueOneAsync()).Text().ShouldBe("a");
    }

    [Fact]
    public async Task A_creation_that_stood_still_until_its_table_was_swept_away_creates_a_queue_that_works()
    {
        var (slow, sweeper) = (Start(), Start());
        var held = slow.Faults.Hold(r => r.IsTableWrite && r.Operations.Any(o => o.RowKey == "q:orders"));
        var creation = slow.PutQueueAsync();
        await held.Reached;
        Time.Advance(TimeSpan.FromHours(2));
        await sweeper.SweepAsync();
        held.Release();
        (await creation).Created.ShouldBeTrue();
        await slow.EnqueueAsync("a");
        (await sweeper.DequeueOneAsync()).Text().ShouldBe("a");
    }

    private async Task<List<string>> RegistryKeysAsync()
    {
        var keys = new List<string>();
        await foreach (
            var row in new TableClient(Azurite.ConnectionString, Options.RegistryTable).QueryAsync<TableEntity>(
                cancellationToken: Cancellation
            )
        )
            keys.Add(row.RowKey);
        return keys;
    }

    [Fact]
    public async Task Deletions_and_creations_at_once_end_in_a_queue_that_works_or_in_none()
    {
        var engines = new[] { await StartWithQueueAsync(), Start(), Start() };
        for (var round = 0; round < 6; round++)
        {
            await Task.WhenAll(
                engines.Select(
                    async (engine, i) =>
                    {
                        if (i == round % 3)
                            await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation);
                        else if (i == (round + 1) % 3)
                            await engine.Engine.PutQueueAsync(engine.Queue, new QueueSettingsChange(), default, Cancellation);
                        else
                            await engine.TryEnqueueAsync($"{round}");
                    }
                )
            );
            await engines[round % 3].PutQueueAsync();
            (await engines[0].Engine.PurgeAsync(engines[0].Queue, MessageSource.Live, Cancellation)).Value.Complete.ShouldBeTrue();
            var ids = new List<MessageId>();
            foreach (var engine in engines)
                ids.Add(await engine.EnqueueAsync("works"));
            (await engines[(round + 2) % 3].DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe(ids, ignoreOrder: true);
        }
    }
}
