using System.Diagnostics;

namespace FuncQueue.Dashboard.Tests;

/// <summary>Pages show a part, whatever there is.</summary>
public sealed class ScaleTests(AppFixture app, BrowserFixture browser, ManyQueues many) : PageTest(app, browser), IClassFixture<ManyQueues>
{
    private const int Rounds = 7;

    /// <summary>By the median of several rounds: what others do on the machine meanwhile concerns both looks of a round alike.</summary>
    [Fact]
    public async Task The_overview_of_1000_queues_takes_at_most_5_times_as_long_as_that_of_none()
    {
        var ratio = await RatioAsync(
            "overview of 1,000 queues",
            () => LookAsync(many.None.Address, "", Text("There are no queues yet.")),
            () => LookAsync(many.Full.Address, "", Link("many-0099"))
        );
        ratio.ShouldBeLessThanOrEqualTo(5);
        (await Page.GetByRole(AriaRole.Table, new() { Name = "Queues" }).GetByRole(AriaRole.Row).CountAsync()).ShouldBe(101);
    }

    [Fact]
    public async Task The_list_of_10000_dead_letters_takes_at_most_5_times_as_long_as_an_empty_one()
    {
        var rows = Page.GetByRole(AriaRole.Table, new() { Name = "Dead letters", Exact = true });
        var ratio = await RatioAsync(
            "list of 10,000 dead letters",
            () => LookAsync(many.Full.Address, "queues/many-0000/deadletters", Text("There are no dead letters.")),
            () => LookAsync(many.Full.Address, $"{many.Letters[1..]}/deadletters", rows)
        );
        ratio.ShouldBeLessThanOrEqualTo(5);
        (await rows.GetByRole(AriaRole.Row).CountAsync()).ShouldBe(33);
        // There are more than are looked at for the counts.
        await Expect(Page.GetByText("These counts are partial")).ToBeVisibleAsync();
    }

    private async Task LookAsync(string address, string place, ILocator settled)
    {
        await Page.GotoAsync("about:blank");
        await OpenAsync(place, address);
        await settled.WaitForAsync();
    }

    /// <summary>How many times as long the second takes as the first: the median of rounds in which each is done once.</summary>
    private static async Task<double> RatioAsync(string what, Func<Task> first, Func<Task> second)
    {
        // Whatever is loaded or compiled once.
        await first();
        await second();
        var ratios = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var time = await TimeAsync(first);
            ratios.Add(await TimeAsync(second) / time);
        }

        ratios.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {string.Join(" ", ratios.Select(r => $"{r:0.00}"))} times");
        return ratios[Rounds / 2];
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> look)
    {
        var watch = Stopwatch.StartNew();
        await look();
        return watch.Elapsed;
    }
}
