using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Payloads;

/// <summary>Uploads that are cut between their steps: no message without its body, no blob that stays for ever.</summary>
[Trait("Guarantee", "1")]
public sealed class CutUploadTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly byte[] Long = new byte[Limits.MaxInlineBodyBytes * 2];

    private static NewMessage LongMessage => new() { Body = MessageBody.FromBytes(Long) };

    private static bool SendsBody(StorageRequest request) =>
        request.IsBlobWrite && request.Method == "PUT" && !request.Uri.Query.Contains("restype", StringComparison.Ordinal);

    private static bool AnnouncesUpload(StorageRequest request) =>
        request.IsTableWrite && request.Operations.All(o => o.IsInsert && o.IsOn("u"));

    [Fact]
    public async Task A_process_that_died_between_blob_and_row_leaves_an_orphan_that_a_sweep_removes()
    {
        var (victim, survivor) = (await StartWithQueueAsync(), Start());
        var held = victim.Faults.Hold(r => r.InsertsMessages);
        var enqueue = victim.TryEnqueueAsync(LongMessage);
        await held.Reached;
        victim.Kill();
        held.Release();
        (await enqueue).Failure.ShouldNotBeNull();
        (await Blobs.NamesAsync()).ShouldHaveSingleItem();
        (await survivor.SweepAsync()).PayloadsDeleted.ShouldBe(0);
        await SweepUntilNothingIsDueAsync(survivor);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
        (await survivor.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task A_process_that_died_during_the_upload_leaves_nothing_that_a_sweep_does_not_remove()
    {
        var (victim, survivor) = (await StartWithQueueAsync(), Start());
        var held = victim.Faults.Hold(SendsBody);
        var enqueue = victim.TryEnqueueAsync(LongMessage);
        await held.Reached;
        victim.Kill();
        held.Release();
        (await enqueue).Failure.ShouldNotBeNull();
        await SweepUntilNothingIsDueAsync(survivor);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
        // Nothing is left to look at: the shard is empty.
        (await survivor.SweepAsync()).ShardsVisited.ShouldBe(0);
    }

    [Fact]
    public async Task A_caller_that_leaves_while_storage_fails_its_upload_has_cancelled_it()
    {
        var engine = await StartWithQueueAsync();
        using var leaving = new CancellationTokenSource();
        engine.Faults.LoseRequest(SendsBody);
        var second = engine.Faults.Hold(SendsBody);
        var enqueue = engine.Engine.EnqueueAsync(engine.Queue, LongMessage, leaving.Token);
        await second.Reached;
        await leaving.CancelAsync();
        second.Release();
        await Should.ThrowAsync<OperationCanceledException>(() => enqueue);
        (await engine.CountsAsync()).ShouldBe(default);
    }

    [Fact]
    public async Task An_enqueue_that_stood_still_until_a_sweep_gave_its_upload_up_fails_instead_of_losing_its_body()
    {
        var (slow, sweeper) = (await StartWithQueueAsync(), Start());
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var enqueue = slow.TryEnqueueAsync(LongMessage);
        await held.Reached;
        Time.Advance(Options.UploadTimeout + TimeSpan.FromSeconds(1));
        (await sweeper.SweepAsync()).PayloadsDeleted.ShouldBe(1);
        held.Release();
        (await enqueue).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await sweeper.CountsAsync()).ShouldBe(default);
        await SweepUntilNothingIsDueAsync(sweeper);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_enqueue_that_stood_still_until_its_upload_was_forgotten_fails_too()
    {
        var (slow, sweeper) = (await StartWithQueueAsync(), Start());
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var enqueue = slow.TryEnqueueAsync(LongMessage);
        await held.Reached;
        await SweepUntilNothingIsDueAsync(sweeper);
        held.Release();
        (await enqueue).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await sweeper.DequeueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_upload_given_up_fails_alone_and_not_what_is_enqueued_with_it()
    {
        var (slow, sweeper) = (await StartWithQueueAsync(), Start());
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var batch = slow.Engine.EnqueueBatchAsync(slow.Queue, [TestEngine.Text("a"), LongMessage, TestEngine.Text("b")], Cancellation);
        await held.Reached;
        Time.Advance(Options.UploadTimeout + TimeSpan.FromSeconds(1));
        await sweeper.SweepAsync();
        held.Release();
        var outcomes = (await batch.WithinPatienceAsync()).Value;
        outcomes[1].Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await sweeper.DequeueEverythingAsync()).Select(m => m.Id()).ShouldBe([outcomes[0].Value.MessageId, outcomes[2].Value.MessageId]);
    }

    [Fact]
    public async Task A_blob_that_arrives_after_its_upload_was_given_up_is_removed_in_the_end()
    {
        var (slow, sweeper) = (await StartWithQueueAsync(), Start());
        var held = slow.Faults.Hold(SendsBody);
        var enqueue = slow.TryEnqueueAsync(LongMessage);
        await held.Reached;
        Time.Advance(Options.UploadTimeout + TimeSpan.FromSeconds(1));
        await sweeper.SweepAsync();
        held.Release();
        (await enqueue).Failure.ShouldNotBeNull();
        await SweepUntilNothingIsDueAsync(sweeper);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_upload_that_takes_long_but_not_too_long_succeeds_whatever_sweeps_meanwhile()
    {
        var (slow, sweeper) = (await StartWithQueueAsync(), Start());
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var enqueue = slow.TryEnqueueAsync(LongMessage);
        await held.Reached;
        Time.Advance(Options.UploadTimeout - TimeSpan.FromSeconds(1));
        await sweeper.SweepAsync(everything: true);
        held.Release();
        var id = (await enqueue).Value.MessageId;
        await SweepUntilNothingIsDueAsync(sweeper);
        (await sweeper.ReadBodyAsync(id)).AsSpan().SequenceEqual(Long).ShouldBeTrue();
    }

    [Fact]
    public async Task An_insert_whose_answer_was_lost_keeps_its_payload()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        engine.Faults.LoseAnswer(r => r.InsertsMessages);
        var id = await engine.EnqueueAsync(LongMessage);
        await SweepUntilNothingIsDueAsync(other);
        (await other.ReadBodyAsync(id)).AsSpan().SequenceEqual(Long).ShouldBeTrue();
    }

    [Fact]
    public async Task Faults_before_the_insert_are_reported_and_leave_nothing_in_the_end()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("warm");
        engine.Faults.Throttle(AnnouncesUpload);
        (await engine.TryEnqueueAsync(LongMessage)).Failure.ShouldBeOfType<Failure.StorageThrottled>();
        engine.Faults.LoseAnswer(AnnouncesUpload);
        (await engine.TryEnqueueAsync(LongMessage)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        engine.Faults.Refuse(r => r.IsBlobWrite, 12);
        (await engine.TryEnqueueAsync(LongMessage)).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        engine.Faults.Clear();
        (await engine.DequeueEverythingAsync()).ShouldHaveSingleItem().Text().ShouldBe("warm");
        await SweepUntilNothingIsDueAsync(sweeper);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_whose_stream_breaks_is_nobodys_message()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        foreach (var length in new[] { 100, 200_000 })
        {
            var message = new NewMessage { Body = MessageBody.FromStream(new ZeroStream(length, breaks: true)) };
            await Should.ThrowAsync<IOException>(() => engine.TryEnqueueAsync(message));
        }

        await SweepUntilNothingIsDueAsync(sweeper);
        (await engine.CountsAsync()).ShouldBe(default);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
        await engine.EnqueueAsync("still works");
    }

    private async Task SweepUntilNothingIsDueAsync(TestEngine sweeper)
    {
        for (var i = 0; i < 4; i++)
        {
            Time.Advance(Options.UploadTimeout + TimeSpan.FromSeconds(1));
            (await sweeper.SweepAsync()).ShardsFailed.ShouldBe(0);
        }
    }
}
