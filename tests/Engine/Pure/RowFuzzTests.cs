using Azure;
using Azure.Data.Tables;
using CsCheck;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Transfers;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>
/// Whole rows with something done to them, as a tool, a later version or a fault of storage would: each is read, and then wholly, or
/// refused with <see cref="UnsupportedFormatException"/>; never with anything else, and never at the cost of more memory than it has bytes.
/// </summary>
public sealed class RowFuzzTests
{
    /// <summary>Objects are made of few bytes each.</summary>
    private const long MaxAllocatedPerByte = 64;

    /// <summary>What a row takes at all, an exception with it.</summary>
    private const long MaxAllocatedAtAll = 128 * 1024;

    [Fact]
    public void A_row_with_anything_done_to_it_is_read_wholly_or_refused()
    {
        var read = 0;
        var refused = 0;
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 5], Gen.Int[0, 3])
            .Sample(
                (seed, messages, changes) =>
                {
                    var random = new Random(seed);
                    var entity = Row(random, messages);
                    for (var i = 0; i < changes; i++)
                        Damage(random, entity);
                    if (TryRead(entity))
                        Interlocked.Increment(ref read);
                    else
                        Interlocked.Increment(ref refused);
                },
                iter: 20_000
            );
        // Else the test would say nothing.
        read.ShouldBeGreaterThan(1000);
        refused.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void A_lock_or_a_head_with_anything_done_to_it_is_read_or_refused() =>
        Gen.Int[0, int.MaxValue]
            .Sample(
                seed =>
                {
                    var random = new Random(seed);
                    var held = new TableEntity("00", GroupLockRows.RowKey((ulong)random.NextInt64()))
                    {
                        [GroupLockRows.Leases] = GroupLockRows.Encode([
                            new LockedLease(LeaseId.Create(Any.ThisProcess, 1), Any.Epoch, random.Next(2) == 0),
                        ]),
                        ETag = new ETag("\"1\""),
                    };
                    var head = new TableEntity("00", SequenceHead.RowKey) { [SequenceHead.Column] = 5L, ETag = new ETag("\"1\"") };
                    Damage(random, held);
                    Damage(random, head);
                    Accepts(() => GroupLockRows.Read(held));
                    Accepts(() => SequenceHead.Read(head));
                },
                iter: 5000
            );

    [Theory]
    [InlineData(int.MaxValue, 5L)]
    [InlineData(1_000_000_000, 5L)]
    [InlineData(5, long.MaxValue)]
    [InlineData(5, 1L << 40)]
    public void A_length_that_is_claimed_is_not_believed(int encodedLength, long bodyLength)
    {
        var entity = Row(new Random(1), 1);
        entity["Index"] = RowCodec.EncodeIndex(new RowIndex(Any.Epoch, [new MessageIndex(0, null, encodedLength, bodyLength, null)]));
        TryRead(entity).ShouldBeFalse();
        // A body's length inside the data, too: five bytes that say two thousand million.
        var data = new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 };
        entity["B0"] = data;
        entity["Index"] = RowCodec.EncodeIndex(new RowIndex(Any.Epoch, [new MessageIndex(0, null, data.Length, bodyLength, null)]));
        TryRead(entity).ShouldBeFalse();
    }

    [Fact]
    public void A_body_of_another_length_than_its_index_says_is_refused()
    {
        var entity = Row(new Random(2), 1);
        var index = RowCodec.DecodeIndex(entity.GetBinary("Index"));
        entity["Index"] = RowCodec.EncodeIndex(
            index with
            {
                Messages = [index.Messages[0] with { BodyLength = index.Messages[0].BodyLength + 1 }],
            }
        );
        TryRead(entity).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"Id\":\"x\"}")]
    [InlineData("")]
    public void A_dead_letter_that_does_not_say_where_it_goes_is_refused(string transfer)
    {
        var entity = Row(new Random(3), 1);
        entity["Transfer"] = transfer;
        TryRead(entity).ShouldBeFalse();
    }

    private static TableEntity Row(Random random, int count)
    {
        var encoded = Enumerable
            .Range(0, count)
            .Select(i =>
                MessageCodec.Encode(
                    new MessageContent
                    {
                        Body = new byte[random.Next(200)],
                        ContentType = "text/plain",
                        Attributes = new Dictionary<string, string> { ["a"] = "ä" },
                        GroupId = "g",
                        DeadLetteredAt = random.Next(2) == 0 ? Any.Epoch : null,
                    }
                )
            )
            .ToList();
        var entity = RowEntity.ForInsert(
            new BatchRow
            {
                Shard = 0,
                Key = new BirthRow(RowKind.Immediate, 9, 1_000_000, new WriterId(7), 1).Key,
                Birth = default,
                FirstIndex = 0,
                ETag = default,
                State = [.. encoded.Select(_ => MessageState.ReadyAt(Any.Epoch))],
                Index = new RowIndex(
                    Any.Epoch,
                    [.. encoded.Select(e => new MessageIndex(3, Any.Epoch, e.Length, MessageCodec.RequireWhole(e), null))]
                ),
                Data = encoded.SelectMany(e => e).ToArray(),
            }
        );
        if (random.Next(3) == 0)
            entity["Transfer"] = new Transfer(Guid.NewGuid(), "to", "table", 0).Encode();
        entity.ETag = new ETag("\"1\"");
        return entity;
    }

    private static void Damage(Random random, TableEntity entity)
    {
        var names = entity
            .Keys.Where(k => k is not ("PartitionKey" or "odata.etag" or "Timestamp") && (k != "RowKey" || entity.RowKey.Length > 1))
            .ToList();
        var name = names[random.Next(names.Count)];
        if (name == "RowKey")
        {
            var key = entity.RowKey.ToCharArray();
            key[random.Next(1, key.Length)] = (char)random.Next(33, 127);
            entity.RowKey = random.Next(3) > 0 ? new string(key) : entity.RowKey[..random.Next(1, key.Length)];
            return;
        }

        switch (entity[name])
        {
            case byte[] bytes when random.Next(4) > 0:
                entity[name] = Damaged(random, bytes);
                break;
            case string text when random.Next(4) > 0 && text.Length > 0:
                entity[name] = text[..random.Next(text.Length)] + (char)random.Next(1, 256);
                break;
            default:
                object?[] others =
                [
                    null,
                    "text",
                    5,
                    5L,
                    true,
                    1.5,
                    Guid.Empty,
                    Any.Epoch,
                    Array.Empty<byte>(),
                    new byte[random.Next(3000)],
                ];
                entity[name] = others[random.Next(others.Length)];
                break;
        }
    }

    private static byte[] Damaged(Random random, byte[] bytes)
    {
        var changed = bytes.ToArray();
        switch (random.Next(5))
        {
            case 0:
                return changed[..random.Next(changed.Length + 1)];
            case 1:
                var noise = new byte[random.Next(1, 40)];
                random.NextBytes(noise);
                return [.. changed, .. noise];
            case 2:
                random.NextBytes(changed);
                return changed;
            case 3 when changed.Length > 0:
                changed.AsSpan(random.Next(changed.Length)).Fill(0xFF);
                return changed;
            case 4 when changed.Length > 0:
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                return changed;
            default:
                return [];
        }
    }

    private static bool TryRead(TableEntity entity)
    {
        var size = entity.Sum(c =>
            c.Value switch
            {
                byte[] b => b.Length,
                string s => s.Length,
                _ => 8,
            }
        );
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            _ = RowEntity.Read(0, entity, withData: false).EncodedLength;
            var row = RowEntity.Read(0, entity, withData: true);
            for (var slot = 0; slot < row.Count; slot++)
            {
                var content = row.ContentOf(slot);
                if (row.Index.Messages[slot].Payload is null)
                    ((long)content.Body.Length).ShouldBe(row.Index.Messages[slot].BodyLength);
            }

            return true;
        }
        catch (UnsupportedFormatException)
        {
            return false;
        }
        finally
        {
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MaxAllocatedAtAll + (MaxAllocatedPerByte * size));
        }
    }

    private static void Accepts(Func<object> read)
    {
        try
        {
            read().ShouldNotBeNull();
        }
        catch (UnsupportedFormatException)
        {
            // Refused.
        }
    }
}
