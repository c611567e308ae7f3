using System.Buffers.Text;
using System.Security.Cryptography;
using FuncQueue.Engine.Keys;

namespace FuncQueue.Engine.Tests.Keys;

/// <summary>Keys as callers hold them: derived, not stored, each with one spelling.</summary>
public sealed class KeyTextTests
{
    private static readonly byte[] Root = [.. Enumerable.Range(0, KeyText.RootBytes).Select(i => (byte)i)];

    [Fact]
    public void A_key_is_derived_from_root_name_and_version_and_differs_with_each()
    {
        var version = KeyText.NewVersion();
        var key = KeyText.Derive(Root, "worker", version);
        key.ShouldStartWith("fq_");
        key.Length.ShouldBe(67);
        KeyText.Derive(Root, "worker", version).ShouldBe(key);
        KeyText.Derive(RandomNumberGenerator.GetBytes(KeyText.RootBytes), "worker", version).ShouldNotBe(key);
        KeyText.Derive(Root, "Worker", version).ShouldNotBe(key);
        KeyText.Derive(Root, "worker", KeyText.NewVersion()).ShouldNotBe(key);
        KeyText.TryReadVersion(key, out var read).ShouldBeTrue();
        read.ShouldBe(version);
    }

    /// <summary>What keys are made of must not change: those that are out would open nothing any more.</summary>
    [Fact]
    public void The_form_is_the_one_that_keys_have_which_are_out() =>
        KeyText
            .Derive(Root, "worker", "000102030405060708090a0b0c0d0e0f")
            .ShouldBe("fq_" + Base64Url.EncodeToString([.. Root[..16], .. Expected("key:000102030405060708090a0b0c0d0e0f:worker")]));

    [Theory]
    [InlineData("")]
    [InlineData("fq_")]
    [InlineData("FQ_AAECAwQFBgcICQoLDA0OD0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public void What_cannot_be_a_key_is_none(string text) => KeyText.TryReadVersion(text, out _).ShouldBeFalse();

    [Fact]
    public void A_key_cut_short_lengthened_or_spelled_otherwise_is_none()
    {
        var key = KeyText.Derive(Root, "worker", KeyText.NewVersion());
        for (var length = 0; length < key.Length; length++)
            KeyText.TryReadVersion(key[..length], out _).ShouldBeFalse();
        KeyText.TryReadVersion(key + "A", out _).ShouldBeFalse();
        KeyText.TryReadVersion(key + "=", out _).ShouldBeFalse();
        KeyText.TryReadVersion(key[..^1] + " ", out _).ShouldBeFalse();
        KeyText.TryReadVersion(key[..^1] + "+", out _).ShouldBeFalse();
    }

    [Fact]
    public void Versions_do_not_repeat() =>
        Enumerable.Range(0, 10_000).Select(_ => KeyText.NewVersion()).Distinct().Count().ShouldBe(10_000);

    private static byte[] Expected(string text) => HMACSHA256.HashData(Root, System.Text.Encoding.ASCII.GetBytes(text));
}
