using CsCheck;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Durability;

/// <summary>Guarantee 1: what goes in comes out, byte for byte.</summary>
[Trait("Guarantee", "1")]
public sealed class BodiesTests(AzuriteFixture azurite) : EngineTest(azurite)
{
    [Fact]
    public async Task Bodies_attributes_and_content_types_come_out_as_they_went_in()
    {
        var (producer, consumer) = (await StartWithQueueAsync(), Start());
        await Gen.Select(NewMessages.Any.Array[1, 12], NewMessages.Body.Array[12])
            .SampleAsync(
                async (messages, bodies) =>
                {
                    // The bodies are known here, whatever way they are handed over.
                    messages =
                    [
                        .. messages.Select(
                            (m, i) =>
                                m with
                                {
                                    Body = m.Body.Stream is null
                                        ? MessageBody.FromBytes(bodies[i])
                                        : MessageBody.FromStream(new MemoryStream(bodies[i])),
                                }
                        ),
                    ];
                    var ids = await producer.EnqueueAllAsync(messages);
                    var delivered = (await consumer.DequeueEverythingAsync(TimeSpan.FromHours(12))).ToDictionary(m => m.Id());
                    delivered.Keys.ShouldBe(ids, ignoreOrder: true);
                    for (var i = 0; i < messages.Length; i++)
                    {
                        var message = delivered[ids[i]].Message;
                        ExpectSame(messages[i], message);
                        message.BodyLength.ShouldBe(bodies[i].Length);
                        if (message.Body is { } inline)
                            inline.Span.SequenceEqual(bodies[i]).ShouldBeTrue();
                        else
                            bodies[i].Length.ShouldBeGreaterThan(Limits.MaxInlineBodyBytes);
                        (await consumer.ReadBodyAsync(ids[i])).AsSpan().SequenceEqual(bodies[i]).ShouldBeTrue();
                        ExpectSame(messages[i], await producer.FindAsync(ids[i]));
                        (await consumer.AckAsync(delivered[ids[i]])).ShouldBe(SettleStatus.Ok);
                    }
                },
                iter: 40,
                threads: 1
            );
    }

    [Fact]
    public async Task The_largest_attributes_and_names_come_out_as_they_went_in()
    {
        var engine = await StartWithQueueAsync();
        var value = new string('é', (Limits.MaxAttributeBytes - (Limits.MaxAttributes * 4)) / Limits.MaxAttributes / 2);
        var message = TestEngine.Text("a") with
        {
            ContentType = new string('x', Limits.MaxContentTypeLength),
            Attributes = Enumerable.Range(0, Limits.MaxAttributes).ToDictionary(i => $"{i:d4}", _ => value),
            GroupId = new string('g', Limits.MaxIdLength),
        };
        RequestRules.Check(message, "").ShouldBeEmpty();
        await engine.EnqueueAllAsync(Enumerable.Repeat(message, 90));
        var delivered = await Start().DequeueEverythingAsync();
        delivered.Count.ShouldBe(90);
        delivered.ToList().ForEach(m => ExpectSame(message, m.Message));
    }

    [Fact]
    public async Task A_message_without_a_content_type_is_a_sequence_of_bytes()
    {
        var engine = await StartWithQueueAsync();
        await engine.EnqueueAsync(new NewMessage { Body = MessageBody.FromBytes(new byte[] { 0, 255 }) });
        (await engine.DequeueOneAsync()).Message.ContentType.ShouldBe("application/octet-stream");
    }

    [Fact]
    public async Task What_an_enqueue_answers_agrees_with_what_is_delivered()
    {
        var engine = await StartWithQueueAsync();
        var enqueued = (await engine.TryEnqueueAsync("a")).Value;
        enqueued.Duplicate.ShouldBeFalse();
        enqueued.EnqueuedAt.ShouldBe(Time.GetUtcNow());
        Time.Advance(TimeSpan.FromSeconds(5));
        var message = (await engine.DequeueOneAsync(TimeSpan.FromSeconds(30))).Message;
        message.MessageId.ShouldBe(enqueued.MessageId);
        message.EnqueuedAt.ShouldBe(enqueued.EnqueuedAt);
        message.Status.ShouldBe(MessageStatus.Leased);
        message.VisibleAt.ShouldBe(Time.GetUtcNow() + TimeSpan.FromSeconds(30));
        message.ExpiresAt.ShouldBe(enqueued.EnqueuedAt + TimeSpan.FromDays(4));
        message.DeadLetterReason.ShouldBeNull();
        message.OriginalMessageId.ShouldBeNull();
    }

    private static void ExpectSame(NewMessage sent, StoredMessage got)
    {
        got.ContentType.ShouldBe(sent.ContentType ?? "application/octet-stream");
        got.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).ShouldBe(sent.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal));
        got.GroupId.ShouldBe(sent.GroupId);
        got.Priority.ShouldBe(sent.Priority ?? 0);
        got.TraceParent.ShouldBe(sent.TraceParent);
        got.TraceState.ShouldBe(sent.TraceState);
    }
}
