using System.Text;

namespace FuncQueue.Dashboard.Tests;

/// <summary>What others sent is shown, and does nothing: no markup, no script, no turned lines, no browser that stands still.</summary>
public sealed class HostileTests(AppFixture app, BrowserFixture browser) : PageTest(app, browser)
{
    private const string Script = """<img src=x onerror="window.hit=1"><script>window.hit=1</script><svg onload=window.hit=1>""";

    [Theory]
    [InlineData("text/html", Script)]
    [InlineData(
        "application/json",
        """{"<img src=x onerror=window.hit=1>":"</script><script>window.hit=1</script>","__proto__":{"hit":1}}"""
    )]
    [InlineData("text/plain", "javascript:window.hit=1 \u202Egnp.exe\u202C \u0000\u0007\u001b[31m \uFEFF\u2066")]
    [InlineData("text/html\u202E; charset=\"><script>", "{\"open\": [")]
    public async Task Bodies_attributes_groups_and_reasons_with_markup_or_hidden_signs_are_text(string contentType, string body)
    {
        var queue = await Api.FifoAsync("""{"type":"fifo","onExpiry":"deadletter"}""");
        var message = new JsonObject
        {
            ["body"] = body,
            ["contentType"] = contentType.All(c => c is >= ' ' and <= '~') ? contentType : "text/html",
            ["groupId"] = "<b>group</b>",
            ["attributes"] = new JsonObject { ["markup"] = Script, ["turned"] = "abc\u202Edef" },
        };
        var answer = await Api.PostAsync(
            queue + "/messages/batch",
            new JsonObject { ["messages"] = new JsonArray(message) }.ToJsonString()
        );
        answer.Json["results"]![0]!["messageId"].ShouldNotBeNull(answer.Text);
        await LookAsync(queue + "/messages", "ready messages");
        var taken = (await Api.DequeueAsync(queue))[0]!;
        var letter = new JsonObject { ["receipts"] = new JsonArray(taken["receipt"]!.GetValue<string>()), ["reason"] = Script + "\u202E" };
        (await Api.PostAsync(queue + "/messages/deadletter", letter.ToJsonString())).Status.ShouldBe(HttpStatusCode.OK);
        await LookAsync(queue + "/deadletters", "Dead letters");
        await OpenAsync(queue[1..] + "/groups");
        await Expect(Heading(queue["/queues/".Length..])).ToBeVisibleAsync();
        await HarmlessAsync();
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_shown_in_hexadecimal()
    {
        var queue = await Api.QueueAsync();
        await Api.EnqueueAsync(queue, [0xff, 0xfe, 0x00, 0xc3, 0x28, 0x80], "text/plain");
        await OpenAsync(queue[1..] + "/messages");
        await Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(Page.GetByLabel("Body in hexadecimal")).ToContainTextAsync("ff fe 00 c3 28 80");
        await Expect(Text("It is no valid UTF-8.")).ToBeVisibleAsync();
        await Expect(Button("Text")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Of_a_body_of_100_MiB_the_beginning_is_loaded_alone()
    {
        var queue = await Api.QueueAsync();
        var bytes = new byte[100 * 1024 * 1024];
        Encoding.ASCII.GetBytes("<script>window.hit=1</script> the beginning").CopyTo(bytes, 0);
        bytes.AsSpan(43, 200_000).Fill((byte)'a');
        await Api.EnqueueAsync(queue, bytes, "text/html");
        await OpenAsync(queue[1..] + "/messages");
        await Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(Text("The first 64 KiB are shown. The download has all.")).ToBeVisibleAsync();
        await Expect(Page.GetByLabel("Body as text")).ToContainTextAsync("the beginning");
        (await Page.GetByLabel("Body as text").EvaluateAsync<int>("e => e.textContent.length")).ShouldBe(64 * 1024);
        await HarmlessAsync();
    }

    [Fact]
    public async Task JSON_that_is_deep_or_wide_is_unfolded_piece_by_piece()
    {
        var queue = await Api.QueueAsync();
        var deep = string.Concat(Enumerable.Repeat("[", 5000)) + string.Concat(Enumerable.Repeat("]", 5000));
        var wide = "[" + string.Join(',', Enumerable.Range(0, 5000)) + "]";
        await Api.EnqueueAsync(queue, deep);
        await Api.EnqueueAsync(queue, wide);
        foreach (var row in new[] { 0, 1 })
        {
            await OpenAsync(queue[1..] + "/messages");
            await Page.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link).Nth(row).ClickAsync();
            await Expect(Page.GetByRole(AriaRole.Region, new() { Name = "Body as JSON" })).ToBeVisibleAsync();
            (await Page.EvaluateAsync<int>("document.querySelectorAll('*').length")).ShouldBeLessThan(3000);
        }
    }

    private async Task LookAsync(string place, string table)
    {
        await OpenAsync(place[1..]);
        await Expect(Page.GetByRole(AriaRole.Table, new() { Name = table, Exact = true })).ToBeVisibleAsync();
        await HarmlessAsync();
        await Page.GetByRole(AriaRole.Table, new() { Name = table, Exact = true }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Region, new() { Name = "Body", Exact = true })).ToBeVisibleAsync();
        await HarmlessAsync();
        foreach (var mode in new[] { "JSON", "Text", "Hex" })
        {
            if (await Button(mode).CountAsync() > 0)
                await Button(mode).ClickAsync();
            await HarmlessAsync();
        }
    }

    private async Task HarmlessAsync()
    {
        (await Page.EvaluateAsync<bool>("window.hit === undefined")).ShouldBeTrue();
        (await Page.Locator("main img, main script, main svg[onload], main iframe, main b").CountAsync()).ShouldBe(0);
        // Nothing that turns or hides what stands beside it is left in any text.
        (
            await Page.EvaluateAsync<string[]>(
                """[...document.querySelectorAll('main bdi, main .foreign, main pre')].map(e => e.textContent).filter(t => /[\u202a-\u202e\u2066-\u2069\ufeff\u0000-\u0008\u001b]/.test(t))"""
            )
        ).ShouldBeEmpty();
    }
}
