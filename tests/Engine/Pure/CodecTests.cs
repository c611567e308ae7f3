using CsCheck;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>What rows hold leads back to what was put in; what this version cannot read is refused, not guessed.</summary>
public sealed class CodecTests
{
    private static readonly Gen<TopicSource> Source = Gen.Select(
        Gen.String[Gen.Char.AlphaNumeric, 1, 80],
        Gen.Int[0, 31],
        Gen.Long[0, long.MaxValue],
        Gen.Null(Gen.String[Gen.Char.AlphaNumeric, 1, 128]),
        (topic, partition, offset, routingKey) => new TopicSource(topic, partition, offset, routingKey)
    );

    private static readonly Gen<MessageContent> Content = Gen.Select(
        NewMessages.Body,
        NewMessages.AnyText,
        Gen.Dictionary(NewMessages.Name, NewMessages.AnyText)[0, 6],
        Gen.Null(NewMessages.AnyText),
        Gen.Null(NewMessages.AnyText),
        Gen.Select(Gen.Null(NewMessages.AnyText), Gen.Null(NewMessages.AnyText)),
        Gen.Select(Gen.Nullable(Any.Location), Gen.Nullable(Any.Instant), Gen.Null(NewMessages.AnyText), Gen.Null(Source)),
        (body, type, attributes, group, deduplication, texts, dead) =>
            new MessageContent
            {
                Body = body,
                ContentType = type,
                Attributes = attributes,
                GroupId = group,
                DeduplicationId = deduplication,
                TraceParent = texts.Item1,
                DeadLetterReason = texts.Item2,
                OriginalMessageId = dead.Item1?.ToId(),
                DeadLetteredAt = dead.Item2,
                MovedFrom = dead.Item3,
                Source = dead.Item4,
            }
    );

    [Fact]
    public void A_message_leads_back_to_itself() =>
        Content.Sample(content => ExpectSame(MessageCodec.Decode(MessageCodec.Encode(content)), content), iter: 1000);

    [Fact]
    public void A_message_with_fields_of_a_later_version_is_read_without_them() =>
        Gen.Select(Content, Gen.Byte[100, 255], Gen.Byte.Array[0, 127])
            .Sample(
                (content, tag, value) =>
                {
                    byte[] unknown = [tag, (byte)value.Length, .. value];
                    ExpectSame(MessageCodec.Decode((byte[])[.. unknown, .. MessageCodec.Encode(content), .. unknown]), content);
                },
                iter: 500
            );

    [Fact]
    public void A_message_that_was_cut_is_refused_or_misses_whole_fields() =>
        Gen.Select(Content, Gen.Int[0, int.MaxValue])
            .Sample(
                (content, cut) =>
                {
                    var bytes = MessageCodec.Encode(content);
                    try
                    {
                        var read = MessageCodec.Decode(bytes.AsMemory(0, cut % bytes.Length));
                        (read.Body.Length == 0 || read.Body.Span.SequenceEqual(content.Body.Span)).ShouldBeTrue();
                    }
                    catch (UnsupportedFormatException)
                    {
                        // Refused.
                    }
                },
                iter: 1000
            );

    [Fact]
    public void Any_bytes_are_read_as_a_message_or_refused() =>
        Gen
            .Byte.Array[0, 60]
            .Sample(
                bytes =>
                {
                    try
                    {
                        MessageCodec.Decode(bytes).ShouldNotBeNull();
                    }
                    catch (UnsupportedFormatException)
                    {
                        // Refused, without taking it apart, too.
                        Should.Throw<UnsupportedFormatException>(() => MessageCodec.RequireWhole(bytes));
                        return;
                    }

                    MessageCodec.RequireWhole(bytes);
                },
                iter: 5000
            );

    [Fact]
    public void Damaged_columns_are_read_as_some_row_or_refused() =>
        Gen.Select(Any.State.Array[1, 4], Any.Index.Array[1, 4], Gen.Int[0, int.MaxValue], Gen.Byte.Array[1, 9])
            .Sample(
                (states, index, place, noise) =>
                {
                    var (state, facts) = (RowCodec.EncodeState(states), RowCodec.EncodeIndex(new RowIndex(Any.Epoch, index)));
                    foreach (var column in new[] { state, facts })
                    {
                        var at = place % column.Length;
                        noise.AsSpan(0, Math.Min(noise.Length, column.Length - at)).CopyTo(column.AsSpan(at));
                    }

                    Accept(() => RowCodec.DecodeState(state).ShouldAllBe(s => Enum.IsDefined(s.Status)));
                    Accept(() => RowCodec.DecodeIndex(facts).Messages.ShouldAllBe(m => m.EncodedLength >= 0 && m.BodyLength >= 0));

                    static void Accept(Action read)
                    {
                        try
                        {
                            read();
                        }
                        catch (UnsupportedFormatException)
                        {
                            // Refused.
                        }
                    }
                },
                iter: 5000
            );

    [Fact]
    public void The_state_of_a_row_leads_back_to_itself() =>
        Any.State.Array[0, 90].Sample(states => RowCodec.DecodeState(RowCodec.EncodeState(states)).ShouldBe(states));

    [Fact]
    public void The_index_of_a_row_leads_back_to_itself() =>
        Gen.Select(Any.Instant, Any.Index.Array[0, 90])
            .Sample(
                (enqueuedAt, messages) =>
                {
                    var back = RowCodec.DecodeIndex(RowCodec.EncodeIndex(new RowIndex(enqueuedAt, messages)));
                    back.EnqueuedAt.ShouldBe(enqueuedAt);
                    back.Messages.ShouldBe(messages);
                }
            );

    [Fact]
    public void The_state_of_a_row_of_the_first_version_is_read() =>
        Any
            .State.Array[0, 90]
            .Sample(states =>
            {
                var bytes = RowCodec.EncodeState(states);
                var first = bytes[1..].Chunk(29).SelectMany(slot => slot[..21]).Prepend((byte)1).ToArray();
                RowCodec.DecodeState(first).ShouldBe(states.Select(s => s with { FirstDeliveredAt = null }));
            });

    [Fact]
    public void The_state_of_a_full_row_stays_small() => RowCodec.EncodeState(new Decisions.MessageState[64]).Length.ShouldBeLessThan(2048);

    [Fact]
    public void Columns_of_another_version_are_refused() =>
        Gen.Select(Any.State.Array[1, 5], Any.Index.Array[1, 5], Gen.Byte)
            .Sample(
                (states, index, version) =>
                {
                    if (version is RowCodec.Version or RowCodec.StateVersion)
                        return;
                    var (state, facts) = (RowCodec.EncodeState(states), RowCodec.EncodeIndex(new RowIndex(Any.Epoch, index)));
                    state[0] = facts[0] = version;
                    Should.Throw<UnsupportedFormatException>(() => RowCodec.DecodeState(state));
                    Should.Throw<UnsupportedFormatException>(() => RowCodec.DecodeIndex(facts));
                }
            );

    [Fact]
    public void Columns_that_were_cut_are_refused() =>
        Gen.Select(Any.State.Array[1, 5], Any.Index.Array[1, 5], Gen.Int[0, int.MaxValue])
            .Sample(
                (states, index, cut) =>
                {
                    var (state, facts) = (RowCodec.EncodeState(states), RowCodec.EncodeIndex(new RowIndex(Any.Epoch, index)));
                    Refuses(() => RowCodec.DecodeState(state.AsSpan(0, cut % state.Length)).Length, states.Length);
                    Refuses(() => RowCodec.DecodeIndex(facts.AsSpan(0, cut % facts.Length)).Messages.Length, index.Length);

                    static void Refuses(Func<int> read, int complete)
                    {
                        try
                        {
                            read().ShouldBeLessThan(complete);
                        }
                        catch (UnsupportedFormatException)
                        {
                            // Refused.
                        }
                    }
                }
            );

    [Fact]
    public void A_row_of_many_messages_gives_each_back() =>
        Content
            .Array[1, 20]
            .Sample(
                contents =>
                {
                    var encoded = contents.Select(MessageCodec.Encode).ToList();
                    var row = new BatchRow
                    {
                        Shard = 0,
                        Key = "",
                        Birth = default,
                        FirstIndex = 0,
                        ETag = default,
                        State = new Decisions.MessageState[contents.Length],
                        Index = new RowIndex(Any.Epoch, [.. encoded.Select(e => new Decisions.MessageIndex(0, null, e.Length, 0, null))]),
                        Data = encoded.SelectMany(e => e).ToArray(),
                    };
                    for (var i = 0; i < contents.Length; i++)
                        ExpectSame(row.ContentOf(i), contents[i]);
                },
                iter: 50
            );

    private static void ExpectSame(MessageContent actual, MessageContent expected)
    {
        actual.Body.Span.SequenceEqual(expected.Body.Span).ShouldBeTrue();
        actual
            .Attributes.OrderBy(a => a.Key, StringComparer.Ordinal)
            .ShouldBe(expected.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal));
        (actual with { Body = default, Attributes = expected.Attributes }).ShouldBe(expected with { Body = default });
    }
}
