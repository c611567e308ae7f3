using System.Net;
using CsCheck;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>Ranges hold the addresses that begin with the same bits, of their own kind, written as addresses are.</summary>
public sealed class AddressRangeTests
{
    private static readonly Gen<byte> Byte = Gen.OneOf<byte>(0, 1, 10, 127, 128, 254, 255);

    [Fact]
    public void A_range_holds_the_addresses_that_begin_with_its_bits() =>
        Gen.OneOf(4, 16)
            .SelectMany(length => Gen.Select(Byte.Array[length], Gen.Int[0, length * 8], Gen.Int[0, length * 8 - 1], Byte.Array[length]))
            .Sample(
                (first, bits, flipped, other) =>
                {
                    AddressRange.TryParse($"{new IPAddress(first)}/{bits}", out var range).ShouldBeTrue();
                    byte[] near = [.. first];
                    near[flipped / 8] ^= (byte)(0x80 >> (flipped % 8));
                    range!.Contains($"{new IPAddress(first)}").ShouldBeTrue();
                    range.Contains($"{new IPAddress(near)}").ShouldBe(flipped >= bits);
                    range.Contains($"{new IPAddress(other)}").ShouldBe(SameBits(first, other, bits));
                },
                iter: 5000
            );

    [Theory]
    [InlineData("1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("127.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("127.0.0.256")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.0.0.1 ")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]")]
    [InlineData("::1%1")]
    [InlineData("::g")]
    [InlineData(":")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("")]
    public void What_is_written_otherwise_is_in_no_range_of_IPv4(string text)
    {
        AddressRange.TryParse("0.0.0.0/0", out var all).ShouldBeTrue();
        all!.Contains(text).ShouldBeFalse();
    }

    [Fact]
    public void A_range_of_one_kind_holds_no_address_of_the_other()
    {
        AddressRange.TryParse("::/0", out var all).ShouldBeTrue();
        all!.Contains("::ffff:127.0.0.1").ShouldBeTrue();
        all.Contains("127.0.0.1").ShouldBeFalse();
    }

    private static bool SameBits(byte[] one, byte[] other, int bits) =>
        Enumerable.Range(0, bits).All(i => (one[i / 8] >> (7 - (i % 8)) & 1) == (other[i / 8] >> (7 - (i % 8)) & 1));
}
