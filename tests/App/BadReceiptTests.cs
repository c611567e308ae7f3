namespace FuncQueue.App.Tests;

/// <summary>
/// What is wrong with a settlement is told for each receipt in its place; of a request that cannot be read, nothing is settled.
/// </summary>
public sealed class BadReceiptTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("{\"receipts\":[]}", "receipts")]
    [InlineData("{}", "receipts")]
    [InlineData("{\"receipts\":\"x\"}", "receipts")]
    [InlineData("{\"receipts\":[5]}", "receipts[0]")]
    [InlineData("{\"receipts\":[\"\\ud800\"]}", "receipts[0]")]
    [InlineData("{\"receipts\":[\"x\"],\"colour\":1}", "colour")]
    [InlineData("{\"receipts\":[\"x\"],\"receipts\":[\"y\"]}", "body")]
    [InlineData("{\"receipts\":[\"x\"]", "body")]
    [InlineData("{\"receipts\":[\"x\"]} {}", "body")]
    [InlineData("[]", "body")]
    [InlineData("", "body")]
    public async Task A_settlement_that_is_not_as_it_should_be_is_refused(string json, string field)
    {
        var queue = await client.QueueAsync();
        foreach (
            var verb in new[]
            {
                "messages/ack",
                "messages/nack",
                "messages/extend",
                "messages/deadletter",
                "deadletter/ack",
                "deadletter/nack",
                "deadletter/extend",
            }
        )
        {
            var answer = await client.PostAsync($"{queue}/{verb}", json);
            answer.Status.ShouldBe(HttpStatusCode.BadRequest);
            answer.Code.ShouldBe("invalid-request");
            answer.Fields.ShouldBe([field]);
        }
    }

    [Fact]
    public async Task Too_many_receipts_bad_delays_and_long_reasons_are_all_told()
    {
        var queue = await client.QueueAsync();
        var receipts = string.Join(',', Enumerable.Repeat("\"x\"", 101));
        var nack = await client.PostAsync(
            queue + "/messages/nack",
            $$"""{"receipts":[{{receipts}}],"delaySeconds":-1,"reason":"{{new string('r', 1025)}}"}"""
        );
        nack.Fields.ShouldBe(["receipts", "delaySeconds", "reason"], ignoreOrder: true);
        var extend = await client.PostAsync(queue + "/messages/extend", """{"receipts":["x"],"visibilityTimeoutSeconds":43201}""");
        extend.Fields.ShouldBe(["visibilityTimeoutSeconds"]);
    }

    [Fact]
    public async Task Malformed_foreign_and_lost_receipts_are_told_in_their_places_beside_good_ones()
    {
        var (queue, other) = (await client.QueueAsync(), await client.QueueAsync());
        await client.EnqueueAsync(queue, "a");
        await client.EnqueueAsync(queue, "b");
        await client.EnqueueAsync(other, "c");
        var mine = await client.DequeueAsync(queue, "?maxMessages=2");
        var foreign = await client.DequeueAsync(other);
        await client.SettleAsync(queue, "ack", mine[0]!);
        string Receipt(JsonNode? m) => m!["receipt"]!.GetValue<string>();
        var answer = await client.PostAsync(
            queue + "/messages/ack",
            $$"""{"receipts":["nonsense","{{Receipt(foreign[0])}}","{{Receipt(mine[0])}}","{{Receipt(mine[1])}}",""]}"""
        );
        answer.Json["results"]!
            .AsArray()
            .Select(r => r!["status"]!.GetValue<string>())
            .ShouldBe(["malformed-receipt", "malformed-receipt", "lease-lost", "ok", "malformed-receipt"]);
        (await client.CountsAsync(other)).ShouldContain("\"leased\":1");
    }

    [Theory]
    [InlineData(
        "nack",
        """{"receipts":[{"receipt":"x","delaySeconds":-1},{"delaySeconds":1},{"receipt":"x","colour":1},5]}""",
        "receipts[0].delaySeconds,receipts[1].receipt,receipts[2].colour,receipts[3]"
    )]
    [InlineData(
        "extend",
        """{"receipts":[{"receipt":"x","visibilityTimeoutSeconds":43201},{"receipt":1}]}""",
        "receipts[0].visibilityTimeoutSeconds,receipts[1].receipt"
    )]
    [InlineData("nack", """{"receipts":["x"],"delaySeconds":-1}""", "delaySeconds")]
    [InlineData("deadletter", """{"receipts":[{"receipt":"x","reason":""}]}""", "receipts[0].reason")]
    [InlineData("ack", """{"receipts":[{"receipt":"x"}]}""", "receipts[0]")]
    public async Task What_is_wrong_with_a_receipts_own_values_is_told_in_its_place(string verb, string json, string fields)
    {
        var queue = await client.QueueAsync();
        (await client.PostAsync($"{queue}/messages/{verb}", json)).Fields.ShouldBe(fields.Split(','), ignoreOrder: true);
    }
}
