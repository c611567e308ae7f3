namespace FuncQueue.Dashboard.Tests;

/// <summary>Whoever looks can read and reach everything: in both themes, without a mouse, on a narrow screen.</summary>
public sealed class LookTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    private static readonly string[] Themes = ["Light", "Dark"];

    [Fact]
    public async Task No_page_has_a_serious_barrier_in_either_theme_or_is_wider_than_a_narrow_screen()
    {
        var places = await Showcase.PlacesAsync(Api);
        foreach (var theme in Themes)
        {
            await OpenAsync();
            await Button(theme).ClickAsync();
            foreach (var (place, settled) in places)
            {
                await OpenAsync(place);
                await Expect(Page.GetByText(settled).First).ToBeVisibleAsync();
                await HasNoBarriersAsync($"{place} {theme}");
            }
        }

        await Page.SetViewportSizeAsync(390, 800);
        foreach (var (place, settled) in places)
        {
            await OpenAsync(place);
            await Expect(Page.GetByText(settled).First).ToBeVisibleAsync();
            (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(390, place);
        }
    }

    [Fact]
    public async Task Dialogs_have_no_serious_barrier_either()
    {
        var queue = await Api.QueueAsync();
        foreach (
            var (place, button) in new[]
            {
                ("", "New queue"),
                ("", "New topic"),
                (queue[1..], "Send a message"),
                (queue[1..], "Delete queue"),
                (queue[1..] + "/settings", "Edit settings"),
                ("keys", "New key"),
            }
        )
        {
            await OpenAsync(place);
            await Button(button).ClickAsync();
            await Expect(Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            await HasNoBarriersAsync($"{place} {button}");
            await Page.Keyboard.PressAsync("Escape");
            await Expect(Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
            await Expect(Button(button)).ToBeFocusedAsync();
        }
    }

    [Fact]
    public async Task The_keyboard_alone_makes_a_queue_and_sends_to_it()
    {
        var name = $"keys-{Guid.NewGuid():N}";
        await OpenAsync();
        await Expect(Button("New queue")).ToBeVisibleAsync();
        await TabToAsync(Button("New queue"));
        await Page.Keyboard.PressAsync("Enter");
        await TabToAsync(Field("Name"));
        await Page.Keyboard.TypeAsync(name);
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Heading(name)).ToBeFocusedAsync();
        await TabToAsync(Button("Send a message"));
        await Page.Keyboard.PressAsync("Space");
        await TabToAsync(Field("Body"));
        await Page.Keyboard.TypeAsync("by hand");
        await TabToAsync(Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }));
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Told("Sent as")).ToBeVisibleAsync();
        (await Api.DequeueAsync($"/queues/{name}"))[0]!["body"]!.GetValue<string>().ShouldBe("by hand");
    }

    [Fact]
    public async Task Instants_are_told_in_local_time_and_in_UTC()
    {
        var queue = await Api.QueueAsync();
        await Api.EnqueueAsync(queue, "when");
        var at = DateTimeOffset.Parse(
            (await Api.GetAsync(queue + "/messages")).Json["messages"]![0]!["enqueuedAt"]!.GetValue<string>(),
            System.Globalization.CultureInfo.InvariantCulture
        );
        await OpenAsync(queue[1..] + "/messages");
        var cell = Page.GetByRole(AriaRole.Table, new() { Name = "ready messages" }).GetByRole(AriaRole.Time);
        var berlin = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        await Expect(cell).ToHaveTextAsync(berlin.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        await Button("UTC").ClickAsync();
        await Expect(cell)
            .ToHaveTextAsync(at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Presses Tab until the element has the focus; in vain where it cannot be reached.</summary>
    private async Task TabToAsync(ILocator element)
    {
        await element.WaitForAsync();
        for (var i = 0; i < 60; i++)
        {
            if (await element.EvaluateAsync<bool>("e => e === document.activeElement"))
                return;
            await Page.Keyboard.PressAsync("Tab");
        }

        throw new InvalidOperationException($"Tab does not reach {element}.");
    }
}
