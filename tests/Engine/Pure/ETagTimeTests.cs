using Azure;
using CsCheck;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>ETags of Table Storage as instants.</summary>
public sealed class ETagTimeTests
{
    [Fact]
    public void An_instant_leads_back_to_its_ETag() =>
        Gen.Long[0, DateTime.MaxValue.Ticks].Sample(ticks => ETagTime.TicksOf(ETagTime.At(ticks)).ShouldBe(ticks));

    [Fact]
    public void An_ETag_as_storage_writes_it_is_made_again_to_the_letter()
    {
        var etag = new ETag("W/\"datetime'2026-11-26T10%3A54%3A08.0859700Z'\"");
        ETagTime.At(ETagTime.TicksOf(etag)!.Value).ShouldBe(etag);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"0x8DC\"")]
    [InlineData("W/\"datetime'2026-11-26T10%3A54%3A08.08597Z'\"")]
    [InlineData("W/\"datetime'2026-11-26T10%3a54%3a08.0859700Z'\"")]
    [InlineData("W/\"datetime'2026-11-26T10:54:08.0859700Z'\"")]
    [InlineData("\"datetime'2026-11-26T10%3A54%3A08.0859700Z'\"")]
    public void Any_other_ETag_is_none(string etag) => ETagTime.TicksOf(new ETag(etag)).ShouldBeNull();

    [Fact]
    public void No_ETag_is_none() => ETagTime.TicksOf(default).ShouldBeNull();
}
