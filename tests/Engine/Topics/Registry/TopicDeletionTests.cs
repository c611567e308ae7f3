using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Log;
using FuncQueue.Engine.Topics.Records;
using FuncQueue.Tests.Support;

namespace FuncQueue.Engine.Tests.Topics.Registry;

/// <summary>A deleted topic takes nothing more, and one of the same name is another; however the deletion is cut.</summary>
public sealed class TopicDeletionTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    [Fact]
    public async Task It_is_gone_for_every_process_and_its_successor_begins_anew()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        var first = await PublishAsync(engine, "a");
        await PublishAsync(other, "b");
        (await DeleteAsync(engine)).Value.ShouldBeTrue();
        (await TryPublishAsync(other, Text("c"))).Failure.ShouldBeOfType<Failure.TopicNotFound>();
        (await TryPublishAsync(engine, Text("c"))).Failure.ShouldBeOfType<Failure.TopicNotFound>();
        (await DeleteAsync(other)).Value.ShouldBeFalse();
        (await PutAsync(other)).Created.ShouldBeTrue();
        var again = await PublishAsync(engine, "a");
        again.Offset.ShouldBe(0);
        again.MessageId.ShouldNotBe(first.MessageId);
        (await TextsAsync(engine)).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_publish_in_a_process_that_remembers_the_generation_before_goes_to_the_next()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(other, "a");
        await DeleteAsync(engine);
        await PutAsync(engine);
        (await PublishAsync(other, "b")).Offset.ShouldBe(0);
        (await TextsAsync(engine)).ShouldBe(["b"]);
    }

    [Fact]
    public async Task While_it_is_being_deleted_nothing_is_taken_and_the_name_is_not_free()
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(other, "a");
        var drain = new Drain();
        var deleting = new TopicEngine(engine.Engine, _ => drain).DeleteTopicAsync(Events, drain: true, Cancellation);
        await drain.Reached;
        (await TryPublishAsync(other, Text("b"))).Failure.ShouldBeOfType<Failure.TopicDeleting>();
        (await TryPublishAsync(Start(), Text("b"))).Failure.ShouldBeOfType<Failure.TopicDeleting>();
        (await other.Topics.PutTopicAsync(Events, OnePartition, default, Cancellation)).Failure.ShouldBeOfType<Failure.TopicDeleting>();
        // What is there is read on.
        (await TextsAsync(other)).ShouldBe(["a"]);
        drain.Release(true);
        (await deleting).Value.ShouldBeTrue();
        (await PutAsync(other)).Created.ShouldBeTrue();
    }

    [Fact]
    public async Task Where_draining_takes_too_long_another_call_goes_on()
    {
        var engine = await StartWithTopicAsync();
        await PublishAsync(engine, "a");
        var drain = new Drain();
        drain.Release(false);
        (
            await new TopicEngine(engine.Engine, _ => drain).DeleteTopicAsync(Events, drain: true, Cancellation)
        ).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        drain.Drops.ShouldBe([false]);
        (await TryPublishAsync(Start(), Text("b"))).Failure.ShouldBeOfType<Failure.TopicDeleting>();
        var dropping = new Drain();
        dropping.Release(true);
        (await new TopicEngine(Start().Engine, _ => dropping).DeleteTopicAsync(Events, drain: false, Cancellation)).Value.ShouldBeTrue();
        dropping.Drops.ShouldBe([true]);
    }

    [Fact]
    public async Task A_publish_that_meets_the_closing_of_its_partition_is_first_or_refused_never_lost()
    {
        for (var round = 0; round < 4; round++)
        {
            var (engine, other) = (await StartWithTopicAsync(), Start());
            await PublishAsync(other, "warm");
            var publishes = Enumerable.Range(0, 20).Select(i => TryPublishAsync(other, Text($"{i}"))).ToList();
            var deleted = await DeleteAsync(engine);
            deleted.Value.ShouldBeTrue();
            foreach (var outcome in await Task.WhenAll(publishes))
                (outcome.Failure is null or Failure.TopicDeleting or Failure.TopicNotFound).ShouldBeTrue($"{outcome.Failure}");
        }
    }

    public static TheoryData<int> Cuts => [.. Enumerable.Range(0, 14)];

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Cut_between_any_two_writes_it_is_finished_by_another_call(int writes)
    {
        var (engine, other) = (await StartWithTopicAsync(new TopicSettingsChange { Partitions = 2 }), Start());
        await PublishAsync(engine, Text("a") with { Partition = 0 });
        await PublishAsync(engine, new PublishRequest { Body = MessageBody.FromBytes(new byte[50_000]), Partition = 1 });
        await CutAsync(engine, writes);
        var again = await DeleteAsync(other);
        again.Failure.ShouldBeNull();
        (await other.Topics.GetTopicAsync(Events, Cancellation)).Failure.ShouldBeOfType<Failure.TopicNotFound>();
        (await PutAsync(other)).Created.ShouldBeTrue();
        (await PublishAsync(other, Text("b") with { Partition = 0 })).Offset.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Cut_between_any_two_writes_it_is_finished_by_sweeps_and_leaves_nothing(int writes)
    {
        var (engine, other) = (await StartWithTopicAsync(), Start());
        await PublishAsync(engine, new PublishRequest { Body = MessageBody.FromBytes(new byte[50_000]) });
        var begun = await CutAsync(engine, writes);
        (await other.Topics.SweepAsync(everything: false, Cancellation)).Value.TopicsFailed.ShouldBe(0);
        if (begun)
            (await other.Topics.GetTopicAsync(Events, Cancellation)).Failure.ShouldBeOfType<Failure.TopicNotFound>();
        else
            (await DeleteAsync(other)).Value.ShouldBeTrue();
        Time.Advance(TimeSpan.FromHours(2));
        await other.SweepAsync(everything: true);
        await other.Topics.SweepAsync(everything: true, Cancellation);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
        var registry = new Azure.Data.Tables.TableClient(Azurite.ConnectionString, Options.RegistryTable);
        registry
            .Query<Azure.Data.Tables.TableEntity>(cancellationToken: Cancellation)
            .Select(r => r.RowKey)
            .ShouldAllBe(key => key == "a:full-pass" || key == "k:receipts" || key == "v:queues" || key == "v:topics");
    }

    /// <summary>Deletes the topic in a process that dies after so many writes; whether the registry had been told.</summary>
    private static async Task<bool> CutAsync(TestEngine engine, int writes)
    {
        var seen = 0;
        var held = engine.Faults.Hold(r => !r.IsRead && seen++ == writes);
        var deletion = engine.Topics.DeleteTopicAsync(Events, drain: true, Cancellation);
        await Task.WhenAny(held.Reached, deletion);
        engine.Kill();
        held.Release();
        return writes > 0;
    }

    private static Task<Outcome<bool>> DeleteAsync(TestEngine engine) =>
        engine.Topics.DeleteTopicAsync(Events, drain: true, Cancellation).WithinPatienceAsync();

    /// <summary>Subscriptions that take their time.</summary>
    private sealed class Drain : ITopicSubscriptions
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<bool> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => reached.Task.WithinPatienceAsync();

        public List<bool> Drops { get; } = [];

        public IRoutes Known => NoRoutes.Instance;

        public void Release(bool isDone) => done.SetResult(isDone);

        public ValueTask<Failure?> LearnAsync(long version, CancellationToken cancellationToken) => default;

        public void Appended(RecordRow row, LogHead head) { }

        public Task<long> LeastNeededAsync(int partition, long end, CancellationToken cancellationToken) => Task.FromResult(end);

        public Task<Failure?> EndSourcesAsync(CancellationToken cancellationToken) => Task.FromResult<Failure?>(null);

        public async Task<Outcome<bool>> DrainAsync(bool drop, TimeSpan time, CancellationToken cancellationToken)
        {
            Drops.Add(drop);
            reached.TrySetResult();
            return await done.Task;
        }

        public Task WhenIdleAsync() => Task.CompletedTask;
    }
}
