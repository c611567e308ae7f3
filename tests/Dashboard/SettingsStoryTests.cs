namespace FuncQueue.Dashboard.Tests;

/// <summary>Changing what a queue is, and what it lets through.</summary>
public sealed class SettingsStoryTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    [Fact]
    public async Task Settings_are_changed_and_only_those_that_were_touched()
    {
        var queue = await Api.QueueAsync("""{"maxDeliveryCount":7}""");
        await OpenAsync(queue[1..] + "/settings");
        await Button("Edit settings").ClickAsync();
        await Field("Visibility timeout, seconds").FillAsync("90.5");
        await Field("Messages live for, seconds").FillAsync("");
        await Field("When one expires").SelectOptionAsync("deadletter");
        await Button("Save").ClickAsync();
        await Expect(Told("are changed.")).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Visibility timeout" })).ToContainTextAsync("1 min 30 s");
        var settings = (await Api.GetAsync(queue)).Json;
        settings["visibilityTimeoutSeconds"]!.GetValue<double>().ShouldBe(90.5);
        settings["messageTtlSeconds"].ShouldBeNull();
        settings["onExpiry"]!.GetValue<string>().ShouldBe("deadletter");
        settings["maxDeliveryCount"]!.GetValue<int>().ShouldBe(7);
    }

    [Fact]
    public async Task What_somebody_else_has_changed_meanwhile_is_not_overwritten()
    {
        var queue = await Api.QueueAsync();
        await OpenAsync(queue[1..] + "/settings");
        await Button("Edit settings").ClickAsync();
        (await Api.PutAsync(queue, """{"maxDeliveryCount":3}""")).Status.ShouldBe(HttpStatusCode.OK);
        await Field("Deliveries at most").FillAsync("20");
        await Button("Save").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        (await Api.GetAsync(queue)).Json["maxDeliveryCount"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public async Task All_faults_of_what_was_typed_are_told_at_once()
    {
        var queue = await Api.QueueAsync();
        await OpenAsync(queue[1..] + "/settings");
        await Button("Edit settings").ClickAsync();
        await Field("Visibility timeout, seconds").FillAsync("99999");
        await Field("Deliveries at most").FillAsync("5000");
        await Button("Save").ClickAsync();
        var faults = Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert).GetByRole(AriaRole.Listitem);
        await Expect(faults).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_queue_is_paused_and_made_active_again()
    {
        var queue = await Api.QueueAsync();
        await OpenAsync(queue[1..]);
        await Field("State").SelectOptionAsync("sendPaused");
        await Expect(Told("sending is paused.")).ToBeVisibleAsync();
        await Expect(Page.Locator(".title").GetByText("sending paused")).ToBeVisibleAsync();
        (await Api.GetAsync(queue)).Json["state"]!.GetValue<string>().ShouldBe("sendPaused");
        await Field("State").SelectOptionAsync("active");
        await Expect(Told("is active.")).ToBeVisibleAsync();
        (await Api.GetAsync(queue)).Json["state"]!.GetValue<string>().ShouldBe("active");
    }
}
