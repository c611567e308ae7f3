using System.Text.Json;
using FuncQueue.Engine.Decisions;
using FuncQueue.Engine.Groups;
using FuncQueue.Engine.Queues;
using FuncQueue.Engine.Storage;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Which messages a filter means.</summary>
public sealed class SelectionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void No_filter_and_an_empty_one_mean_every_message()
    {
        ((MessageFilter?)null).Matches(Dead(), 0, MessageSource.DeadLetters).ShouldBeTrue();
        new MessageFilter().Matches(Dead(), 0, MessageSource.DeadLetters).ShouldBeTrue();
        new MessageFilter().Matches(Dead(), 0, MessageSource.Live).ShouldBeTrue();
    }

    [Fact]
    public void All_that_is_given_must_hold()
    {
        var filter = new MessageFilter
        {
            Reason = "bad",
            GroupId = "g",
            Attributes = Attributes("""{"kind":["order",{"prefix":"inv"}],"test":[{"exists":false}]}"""),
        };
        Matches(filter, Dead()).ShouldBeTrue();
        Matches(filter with { Reason = "BAD" }, Dead()).ShouldBeFalse();
        Matches(filter with { GroupId = "h" }, Dead()).ShouldBeFalse();
        Matches(filter, Dead(("kind", "invoice"))).ShouldBeTrue();
        Matches(filter, Dead(("kind", "other"))).ShouldBeFalse();
        Matches(filter, Dead(("kind", "order"), ("test", "yes"))).ShouldBeFalse();
        Matches(filter, Dead([])).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1, null, false)]
    [InlineData(0, null, false)]
    [InlineData(1, null, true)]
    [InlineData(null, -1, true)]
    [InlineData(null, 0, true)]
    [InlineData(null, 1, false)]
    [InlineData(1, 0, true)]
    public void Instants_are_those_of_dead_lettering_from_the_one_up_to_the_other(int? before, int? after, bool matches)
    {
        var filter = new MessageFilter
        {
            Before = before is { } b ? Noon.AddTicks(b) : null,
            After = after is { } a ? Noon.AddTicks(a) : null,
        };
        Matches(filter, Dead()).ShouldBe(matches);
    }

    [Fact]
    public void Of_live_messages_instants_are_those_of_the_enqueue_and_need_no_bodies()
    {
        var filter = new MessageFilter { Before = Noon };
        filter.NeedsBodies(MessageSource.Live).ShouldBeFalse();
        filter.Matches(Dead() with { Data = null }, 0, MessageSource.Live).ShouldBeTrue();
        filter.Matches(Dead(), 0, MessageSource.DeadLetters).ShouldBeFalse();
        filter.NeedsBodies(MessageSource.DeadLetters).ShouldBeTrue();
        (filter with { GroupId = "g" }).NeedsBodies(MessageSource.Live).ShouldBeTrue();
    }

    [Fact]
    public void Faults_of_conditions_on_attributes_are_told_by_their_paths()
    {
        using var json = JsonDocument.Parse("""{"kind":[],"size":[{"numeric":["<"]}],"x":{"y":["z"]}}""");
        AttributeFilter.TryParse(json.RootElement, "filter.attributes", out var filter, out var faults).ShouldBeFalse();
        filter.ShouldBeNull();
        faults.Select(f => f.Field).ShouldAllBe(field => field.StartsWith("filter.attributes.", StringComparison.Ordinal));
        faults.Count.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public void Conditions_that_are_too_long_are_refused()
    {
        using var json = JsonDocument.Parse($$"""{"kind":["{{new string('x', Limits.MaxFilterBytes)}}"]}""");
        AttributeFilter.TryParse(json.RootElement, "filter.attributes", out _, out var faults).ShouldBeFalse();
        faults.ShouldHaveSingleItem().Field.ShouldBe("filter.attributes");
    }

    private static bool Matches(MessageFilter filter, BatchRow row) => filter.Matches(row, 0, MessageSource.DeadLetters);

    private static AttributeFilter Attributes(string text)
    {
        using var json = JsonDocument.Parse(text);
        return AttributeFilter.TryParse(json.RootElement, "attributes", out var filter, out _) ? filter : throw new FormatException(text);
    }

    private static BatchRow Dead() => Dead(("kind", "order"));

    private static BatchRow Dead(params (string Name, string Value)[] attributes)
    {
        var data = MessageCodec.Encode(
            new MessageContent
            {
                Body = default,
                ContentType = "text/plain",
                Attributes = attributes.ToDictionary(a => a.Name, a => a.Value),
                GroupId = "g",
                DeadLetterReason = "bad",
                DeadLetteredAt = Noon,
            }
        );
        return new BatchRow
        {
            Shard = 0,
            Key = "d",
            Birth = default,
            FirstIndex = 0,
            ETag = default,
            State = [MessageState.ReadyAt(Noon)],
            Index = new RowIndex(Noon.AddHours(-1), [new MessageIndex(GroupHash.Of("g"), null, data.Length, 0, null)]),
            Data = data,
        };
    }
}
