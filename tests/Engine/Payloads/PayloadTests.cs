using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Payloads;

/// <summary>Bodies too long for a row: there and back, and gone with their message.</summary>
public sealed class PayloadTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private static readonly byte[] Long = MakeBody(Limits.MaxInlineBodyBytes * 3);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_long_body_lies_in_a_blob_and_comes_back_byte_for_byte(bool streamed)
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var id = await engine.EnqueueAsync(
            new NewMessage
            {
                Body = streamed ? MessageBody.FromStream(new MemoryStream(Long)) : MessageBody.FromBytes(Long),
                ContentType = "image/png",
                Attributes = new Dictionary<string, string> { ["a"] = "b" },
            }
        );
        (await Blobs.NamesAsync()).ShouldHaveSingleItem();
        var message = await other.DequeueOneAsync();
        message.Message.ShouldSatisfyAllConditions(
            m => m.MessageId.ShouldBe(id),
            m => m.Body.ShouldBeNull(),
            m => m.BodyLength.ShouldBe(Long.Length),
            m => m.ContentType.ShouldBe("image/png"),
            m => m.Attributes["a"].ShouldBe("b")
        );
        (await other.ReadBodyAsync(id)).AsSpan().SequenceEqual(Long).ShouldBeTrue();
        await using var opened = (await other.Engine.OpenBodyAsync(other.Queue, id, Cancellation)).Value;
        (opened.ContentType, opened.Length).ShouldBe(("image/png", Long.Length));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task The_limit_between_row_and_blob_is_exact(int beyond, bool inline)
    {
        var engine = await StartWithQueueAsync();
        var body = MakeBody(Limits.MaxInlineBodyBytes + beyond);
        await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromStream(new MemoryStream(body)) });
        await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(body) });
        (await Blobs.NamesAsync()).Count.ShouldBe(inline ? 0 : 2);
        (await engine.DequeueEverythingAsync()).ShouldAllBe(m => m.Message.Body.HasValue == inline && m.Message.BodyLength == body.Length);
    }

    [Fact]
    public async Task Long_and_short_bodies_of_one_call_each_come_back()
    {
        var engine = await StartWithQueueAsync();
        var bodies = Enumerable.Range(0, 12).Select(i => MakeBody(i % 3 == 0 ? 50_000 + i : 10 + i)).ToList();
        var ids = await engine.EnqueueAllAsync(
            bodies.Select((b, i) => new NewMessage { Body = MessageBody.FromBytes(b), Priority = i % 2 })
        );
        var delivered = (await Start().DequeueEverythingAsync()).Select(m => m.Id()).ToList();
        delivered.ShouldBe(ids, ignoreOrder: true);
        for (var i = 0; i < ids.Count; i++)
            (await engine.ReadBodyAsync(ids[i])).AsSpan().SequenceEqual(bodies[i]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_body_of_the_greatest_length_is_accepted()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromStream(new ZeroStream(Limits.MaxBodyBytes)) });
        await using var body = (await engine.Engine.OpenBodyAsync(engine.Queue, id, Cancellation)).Value;
        body.Length.ShouldBe(Limits.MaxBodyBytes);
        var (buffer, length) = (new byte[1 << 20], 0L);
        while (await body.Content.ReadAsync(buffer, Cancellation) is > 0 and var read)
        {
            buffer.AsSpan(0, read).ContainsAnyExcept((byte)0).ShouldBeFalse();
            length += read;
        }

        length.ShouldBe(Limits.MaxBodyBytes);
    }

    [Fact]
    public async Task A_body_one_byte_longer_is_refused_and_leaves_nothing_behind()
    {
        var engine = await StartWithQueueAsync();
        var outcome = await engine.TryEnqueueAsync(
            new NewMessage { Body = MessageBody.FromStream(new ZeroStream(Limits.MaxBodyBytes + 1)) }
        );
        outcome.Failure.ShouldBeOfType<Failure.MessageTooLarge>();
        (await engine.CountsAsync()).ShouldBe(default);
        await SweepLongAfterAsync(engine);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_payload_of_an_acked_message_is_collected_and_no_other()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        var ids = await engine.EnqueueAllAsync(Enumerable.Range(0, 3).Select(_ => new NewMessage { Body = MessageBody.FromBytes(Long) }));
        var messages = await engine.DequeueAsync(2);
        await engine.AckAsync(messages[0]);
        await engine.NackAsync(messages[1]);
        (await sweeper.SweepAsync()).PayloadsDeleted.ShouldBe(1);
        (await Blobs.NamesAsync()).Count.ShouldBe(2);
        (await engine.Engine.OpenBodyAsync(engine.Queue, messages[0].Id(), Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        foreach (var id in ids.Except([messages[0].Id()]))
            (await sweeper.ReadBodyAsync(id)).AsSpan().SequenceEqual(Long).ShouldBeTrue();
    }

    [Fact]
    public async Task The_payload_of_a_message_received_for_good_stays_readable_for_an_hour()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(Long), ContentType = "image/png" });
        (await engine.DequeueAsync(delete: true)).ShouldHaveSingleItem().Message.Body.ShouldBeNull();
        Time.Advance(Limits.DeletedPayloadRetention - TimeSpan.FromSeconds(1));
        await sweeper.SweepAsync(everything: true);
        (await sweeper.ReadBodyAsync(id)).AsSpan().SequenceEqual(Long).ShouldBeTrue();
        await using (var body = (await sweeper.Engine.OpenBodyAsync(sweeper.Queue, id, Cancellation)).Value)
            body.ContentType.ShouldBe("image/png");
        Time.Advance(TimeSpan.FromSeconds(1));
        await SweepLongAfterAsync(sweeper);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
        (await sweeper.Engine.OpenBodyAsync(sweeper.Queue, id, Cancellation)).Failure.ShouldBeOfType<Failure.MessageNotFound>();
    }

    [Theory]
    [InlineData(ExpiryAction.Drop)]
    [InlineData(ExpiryAction.DeadLetter)]
    public async Task The_payload_of_an_expired_message_goes_or_stays_with_it(ExpiryAction onExpiry)
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { OnExpiry = onExpiry });
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(Long), TimeToLive = TimeSpan.FromSeconds(60) });
        Time.Advance(TimeSpan.FromSeconds(60));
        await SweepLongAfterAsync(engine);
        (await Blobs.NamesAsync()).Count.ShouldBe(onExpiry == ExpiryAction.Drop ? 0 : 1);
        if (onExpiry == ExpiryAction.DeadLetter)
            (await engine.ReadBodyAsync(id)).AsSpan().SequenceEqual(Long).ShouldBeTrue();
    }

    [Fact]
    public async Task Dead_letters_and_redriven_messages_keep_their_payload()
    {
        var engine = await StartWithQueueAsync();
        var id = await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(Long) });
        await engine.DeadLetterAsync(await engine.DequeueOneAsync());
        await SweepLongAfterAsync(engine);
        (await engine.ReadBodyAsync(id)).AsSpan().SequenceEqual(Long).ShouldBeTrue();
        (await engine.DequeueOneAsync(TimeSpan.Zero, MessageSource.DeadLetters)).Message.BodyLength.ShouldBe(Long.Length);
        Time.Advance(Options.ClockSkewBound);
        (await engine.Engine.RedriveAsync(engine.Queue, new RedriveRequest(), Cancellation)).Value.Moved.ShouldBe(1);
        await SweepLongAfterAsync(engine);
        var redriven = await engine.DequeueOneAsync();
        redriven.Message.OriginalMessageId.ShouldBe(id);
        (await engine.ReadBodyAsync(redriven.Id())).AsSpan().SequenceEqual(Long).ShouldBeTrue();
        await engine.AckAsync(redriven);
        await SweepLongAfterAsync(engine);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(MessageSource.Live)]
    [InlineData(MessageSource.DeadLetters)]
    public async Task A_purge_takes_the_payloads_with_it(MessageSource source)
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 4).Select(_ => new NewMessage { Body = MessageBody.FromBytes(Long) }));
        foreach (var message in await engine.DequeueAsync(2))
            await engine.DeadLetterAsync(message);
        (await engine.Engine.PurgeAsync(engine.Queue, source, Cancellation)).Value.ShouldBe(new Purged(2, Complete: true));
        await SweepLongAfterAsync(engine);
        (await Blobs.NamesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_deletion_of_a_queue_takes_its_payloads_with_it()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAllAsync(Enumerable.Range(0, 3).Select(_ => new NewMessage { Body = MessageBody.FromBytes(Long) }));
        await engine.DequeueAsync(1, delete: true);
        (await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation)).Value.ShouldBeTrue();
        await SweepLongAfterAsync(engine);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    private async Task SweepLongAfterAsync(TestEngine engine)
    {
        for (var i = 0; i < 3; i++)
        {
            (await engine.SweepAsync()).ShardsFailed.ShouldBe(0);
            Time.Advance(Options.UploadTimeout + TimeSpan.FromSeconds(1));
        }

        await engine.SweepAsync();
    }

    private static byte[] MakeBody(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        return body;
    }
}
