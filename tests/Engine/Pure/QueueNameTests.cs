namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Which names a queue can have.</summary>
public sealed class QueueNameTests
{
    public static TheoryData<string> Good =>
        [
            "a",
            "A",
            "9",
            "-",
            "_",
            "orders-2_x",
            new string('z', 80),
            "q.fifo",
            "a.b",
            "Contoso.Orders.v2",
            "a.FIFO",
            "a.fifo.fifo",
            "a.fifox",
            "1.2",
            "-._",
            "a.b.fifo",
            new string('z', 75) + ".fifo",
        ];

    public static TheoryData<string> Bad =>
        [
            "",
            " ",
            "a b",
            ".",
            ".a",
            "a.",
            "a..b",
            "a..fifo",
            ".fifo",
            "a.fifo.",
            "ä",
            "a/b",
            "a\\b",
            "a#b",
            "a?b",
            "a'b",
            "a\n",
            "a~",
            "a:b",
            "٣",
            new string('z', 81),
            new string('z', 76) + ".fifo",
        ];

    [Theory]
    [MemberData(nameof(Good))]
    public void Good_names_are_kept_as_they_are(string text)
    {
        QueueName.TryParse(text, out var name).ShouldBeTrue();
        name.Value.ShouldBe(text);
        name.ToString().ShouldBe(text);
        name.HasFifoSuffix.ShouldBe(text.EndsWith(".fifo", StringComparison.Ordinal));
        for (var length = 0; length <= text.Length; length++)
            QueueName.IsPrefix(text[..length]).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Bad_names_are_refused(string text)
    {
        QueueName.TryParse(null, out _).ShouldBeFalse();
        QueueName.TryParse(text, out var name).ShouldBeFalse();
        name.ShouldBeNull();
    }

    [Theory]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData(".f")]
    [InlineData("a..")]
    [InlineData("a..b")]
    [InlineData("ä")]
    public void What_no_name_begins_with_is_no_prefix(string text) => QueueName.IsPrefix(text).ShouldBeFalse();

    [Fact]
    public void Names_are_equal_in_their_case_only()
    {
        QueueName.TryParse("a", out var a).ShouldBeTrue();
        QueueName.TryParse("a", out var again).ShouldBeTrue();
        QueueName.TryParse("A", out var upper).ShouldBeTrue();
        a.ShouldBe(again);
        a.ShouldNotBe(upper);
    }
}
