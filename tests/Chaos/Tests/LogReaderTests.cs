using FuncQueue.Chaos.Histories;
using FuncQueue.Chaos.Workload;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>The look at a whole partition in the end.</summary>
public sealed class LogReaderTests
{
    [Fact]
    public async Task Pages_follow_one_another_until_one_is_empty()
    {
        var asked = new List<string>();
        var whole = await LogReader.WholeAsync(from =>
        {
            asked.Add(from);
            return Task.FromResult<LogReader.Page?>(asked.Count < 3 ? Page(from == "earliest" ? 5 : 7, 2) : Page(9, 0));
        });
        whole.ShouldNotBeNull().Select(r => r.Place.Offset).ShouldBe([5, 6, 7, 8]);
        asked.ShouldBe(["earliest", "7", "9"]);
    }

    /// <summary>Retention removes what lies between the pages that were read and those that are read later.</summary>
    [Fact]
    public async Task What_was_read_before_a_page_that_could_not_be_does_not_count()
    {
        var whole = await LogReader.WholeAsync(from => Task.FromResult(from == "earliest" ? Page(0, 5) : null));
        whole.ShouldBeNull();
    }

    private static LogReader.Page Page(long first, int count) =>
        new(
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new SeenRecord(new RecordPlace("t", 0, first + i), $"{first + i}", null, IsLast: true)),
            ],
            first + count
        );
}
