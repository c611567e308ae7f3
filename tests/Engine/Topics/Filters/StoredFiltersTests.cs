using System.Text;
using CsCheck;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>What is stored leads back to the filters; what a later version stored, or none, is told from it.</summary>
public sealed class StoredFiltersTests
{
    [Fact]
    public void Stored_filters_are_read_as_they_were() =>
        AnyFilters.Filters.Sample(json =>
        {
            var filters = AnyFilters.Parse(json);
            var stored = StoredFilters.Write(filters);
            stored[0].ShouldBe(StoredFilters.CurrentVersion);
            stored.Length.ShouldBe(filters.Json.Length);
            var back = StoredFilters.Read(stored).ShouldBeOfType<StoredFilters.Known>().Filters;
            back.ToString().ShouldBe(filters.ToString());
            back.Count.ShouldBe(filters.Count);
        });

    [Fact]
    public void What_is_read_takes_the_same_messages() =>
        Gen.Select(AnyFilters.Filters, AnyFilters.Message)
            .Sample(
                (json, message) =>
                {
                    var stored = StoredFilters.Read(StoredFilters.Write(AnyFilters.Parse(json))).ShouldBeOfType<StoredFilters.Known>();
                    SubscriptionMatcher
                        .Compile([KeyValuePair.Create(1, stored.Filters)])
                        .Match(message)
                        .Count.ShouldBe(NaiveFilters.Takes(json, message) ? 1 : 0);
                }
            );

    /// <summary>Bytes of version 1, which every later version must read.</summary>
    [Fact]
    public void Version_1_is_read()
    {
        byte[] stored = [1, .. """{"routingKey":["a.#"],"attributes":{"n":[{"numeric":[">",1]}]},"match":"any"}]"""u8];
        var filters = StoredFilters.Read(stored).ShouldBeOfType<StoredFilters.Known>().Filters;
        filters.ToString().ShouldBe("""[{"routingKey":["a.#"],"attributes":{"n":[{"numeric":[">",1]}]},"match":"any"}]""");
        StoredFilters.Read([1, (byte)']']).ShouldBeOfType<StoredFilters.Known>().Filters.Count.ShouldBe(0);
    }

    [Fact]
    public void What_a_later_version_stored_is_told_as_such()
    {
        var stored = StoredFilters.Write(AnyFilters.Parse("""[{"routingKey":["a"]}]"""));
        stored[0] = StoredFilters.CurrentVersion + 1;
        StoredFilters.Read(stored).ShouldBe(new StoredFilters.Newer(StoredFilters.CurrentVersion + 1));
        StoredFilters.Read([255]).ShouldBe(new StoredFilters.Newer(255));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0]")]
    [InlineData("\u0001")]
    [InlineData("\u0001{\"routingKey\":[\"a\"]}")]
    [InlineData("\u0001{\"routingKey\":[\"a\"]}]]")]
    [InlineData("\u0001{\"attributes\":{\"a\":[{\"operator\":1}]}}]")]
    public void What_no_version_stored_is_damaged(string stored) =>
        StoredFilters.Read(Encoding.UTF8.GetBytes(stored)).ShouldBeOfType<StoredFilters.Damaged>().Detail.ShouldNotBeEmpty();

    [Fact]
    public void Whatever_is_stored_is_read_without_an_exception() =>
        Gen.Select(AnyFilters.Filters, Gen.Int[0, 1000], Gen.Byte, Gen.Int[0, 1000])
            .Sample(
                (json, place, other, cut) =>
                {
                    var stored = StoredFilters.Write(AnyFilters.Parse(json));
                    stored[place % stored.Length] = other;
                    StoredFilters.Read(stored.AsSpan(0, Math.Min(stored.Length, cut))).ShouldNotBeNull();
                },
                iter: 2000
            );
}
