using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Queues;

/// <summary>
/// A stream is read once: a call that has begun to read one is run again on a later generation of its queue only with all of it in hand.
/// </summary>
[Trait("Guarantee", "1")]
public sealed class StreamedBodyTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    private const int Longer = 200_000;

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(Limits.MaxInlineBodyBytes)]
    [InlineData(Limits.MaxInlineBodyBytes + 1)]
    [InlineData(40_000)]
    [InlineData(Longer)]
    public async Task A_streamed_body_is_stored_whole_though_the_queue_was_made_anew_before(int length)
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("known here");
        await MakeAnewAsync(other);
        var body = Body(length);
        using var stream = new OneWayStream(body);
        // The beginning alone was read when the queue was found gone.
        var id = (await engine.TryEnqueueAsync(new NewMessage { Body = MessageBody.FromStream(stream) })).Value.MessageId;
        (await other.FindAsync(id)).BodyLength.ShouldBe(length);
        (await other.ReadBodyAsync(id)).AsSpan().SequenceEqual(body).ShouldBeTrue();
    }

    [Fact]
    public async Task A_body_part_of_which_went_to_the_earlier_generation_is_refused_and_nothing_is_stored()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        var body = Body(Longer);
        using var stream = new OneWayStream(body);
        var held = engine.Faults.Hold(r => r.InsertsMessages);
        var enqueue = engine.TryEnqueueAsync(new NewMessage { Body = MessageBody.FromStream(stream) });
        await held.Reached;
        await MakeAnewAsync(other);
        held.Release();
        (await enqueue).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
        (await other.CountsAsync()).ShouldBe(default);
        (await engine.EnqueueAsync("works")).ShouldNotBe(default);
    }

    [Fact]
    public async Task Of_a_batch_all_bodies_are_stored_whole_or_none_is()
    {
        var (engine, other) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("known here");
        await MakeAnewAsync(other);
        var bodies = new[] { Body(3), Body(Longer), Body(40_000) };
        var streams = Array.ConvertAll(bodies, b => new OneWayStream(b));
        var outcome = await engine.Engine.EnqueueBatchAsync(
            engine.Queue,
            [.. streams.Select(s => new NewMessage { Body = MessageBody.FromStream(s) })],
            Cancellation
        );
        for (var i = 0; i < bodies.Length; i++)
            (await other.ReadBodyAsync(outcome.Value[i].Value.MessageId)).AsSpan().SequenceEqual(bodies[i]).ShouldBeTrue();
    }

    private static async Task MakeAnewAsync(TestEngine engine)
    {
        (await engine.Engine.DeleteQueueAsync(engine.Queue, Cancellation)).Value.ShouldBeTrue();
        (await engine.PutQueueAsync()).Created.ShouldBeTrue();
    }

    private static byte[] Body(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];

    /// <summary>As the body of an HTTP request: without a length, and read in one direction.</summary>
    private sealed class OneWayStream(byte[] bytes) : Stream
    {
        private int position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(count, bytes.Length - position);
            bytes.AsSpan(position, read).CopyTo(buffer.AsSpan(offset));
            position += read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
