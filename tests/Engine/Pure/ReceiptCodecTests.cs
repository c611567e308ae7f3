using CsCheck;
using FuncQueue.Engine.Receipts;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Receipts say what they were made of, to those who made them only.</summary>
public sealed class ReceiptCodecTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, ReceiptCodec.KeyBytes).Select(i => (byte)i)];

    private static readonly Gen<Receipt> AnyReceipt = Gen.Select(
        Gen.Enum<MessageSource>(),
        Any.Location,
        Any.Lease,
        Any.Instant,
        Gen.Long[0, DateTime.MaxValue.Ticks].Nullable(),
        (source, location, lease, until, row) =>
            new Receipt(source, location.ToId(), lease, until, row is { } ticks ? ETagTime.At(ticks) : null)
    );

    [Fact]
    public void A_receipt_leads_back_to_what_it_was_made_of() =>
        AnyReceipt.Sample(receipt =>
        {
            var codec = new ReceiptCodec(Key, "generation");
            var text = codec.Encode(receipt);
            text.Length.ShouldBeLessThanOrEqualTo(Limits.MaxReceiptLength);
            text.ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_');
            new ReceiptCodec(Key, "generation").TryDecode(text, out var back).ShouldBeTrue();
            back.ShouldBe(receipt);
        });

    [Fact]
    public void A_receipt_of_another_generation_or_key_is_none() =>
        AnyReceipt.Sample(receipt =>
        {
            var text = new ReceiptCodec(Key, "generation").Encode(receipt);
            new ReceiptCodec(Key, "generation2").TryDecode(text, out _).ShouldBeFalse();
            new ReceiptCodec([.. Key.Reverse()], "generation").TryDecode(text, out _).ShouldBeFalse();
        });

    [Fact]
    public void A_receipt_with_any_character_changed_is_none() =>
        Gen.Select(AnyReceipt, Gen.Int[0, 1000], Gen.Char['\u0000', '\u00ff'])
            .Sample(
                (receipt, place, other) =>
                {
                    var codec = new ReceiptCodec(Key, "generation");
                    var text = codec.Encode(receipt);
                    var changed = text.ToCharArray();
                    changed[place % text.Length] = other;
                    codec.TryDecode(new string(changed), out _).ShouldBe(new string(changed) == text);
                }
            );

    [Fact]
    public void Receipts_of_different_leases_differ() =>
        Gen.Select(AnyReceipt, AnyReceipt)
            .Sample(
                (a, b) =>
                {
                    var codec = new ReceiptCodec(Key, "generation");
                    (codec.Encode(a) == codec.Encode(b)).ShouldBe(a == b);
                }
            );
}
