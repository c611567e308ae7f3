using System.Diagnostics;

namespace FuncQueue.Dashboard.Tests;

/// <summary>Pages show a part, whatever there is.</summary>
public sealed class ScaleTests(AppFixture app, BrowserFixture browser, ManyQueues many) : PageTest(app, browser), IClassFixture<ManyQueues>
{
    private const int Runs = 5;

    /// <summary>The shortest of several times, in one run on one machine: what others do there at the same time only adds.</summary>
    [Fact]
    public async Task The_overview_of_1000_queues_takes_at_most_5_times_as_long_as_that_of_none()
    {
        var none = await ShortestAsync(() => LookAsync(many.None.Address, "", Text("There are no queues yet.")));
        var all = await ShortestAsync(() => LookAsync(many.Full.Address, "", Link("many-0099")));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"overview: {none.TotalMilliseconds:0} ms, of 1,000 queues {all.TotalMilliseconds:0} ms"
        );
        all.ShouldBeLessThanOrEqualTo(none * 5);
        (await Page.GetByRole(AriaRole.Table, new() { Name = "Queues" }).GetByRole(AriaRole.Row).CountAsync()).ShouldBe(101);
    }

    [Fact]
    public async Task The_list_of_10000_dead_letters_takes_at_most_5_times_as_long_as_an_empty_one()
    {
        var none = await ShortestAsync(() =>
            LookAsync(many.Full.Address, "queues/many-0000/deadletters", Text("There are no dead letters."))
        );
        var rows = Page.GetByRole(AriaRole.Table, new() { Name = "Dead letters", Exact = true });
        var all = await ShortestAsync(() => LookAsync(many.Full.Address, $"{many.Letters[1..]}/deadletters", rows));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"dead letters: {none.TotalMilliseconds:0} ms, of 10,000 {all.TotalMilliseconds:0} ms"
        );
        all.ShouldBeLessThanOrEqualTo(none * 5);
        (await rows.GetByRole(AriaRole.Row).CountAsync()).ShouldBe(33);
    }

    private async Task LookAsync(string address, string place, ILocator settled)
    {
        await Page.GotoAsync("about:blank");
        await OpenAsync(place, address);
        await settled.WaitForAsync();
    }

    private static async Task<TimeSpan> ShortestAsync(Func<Task> look)
    {
        var shortest = TimeSpan.MaxValue;
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            await look();
            shortest = watch.Elapsed < shortest ? watch.Elapsed : shortest;
        }

        return shortest;
    }
}
