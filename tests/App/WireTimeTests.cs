namespace FuncQueue.App.Tests;

/// <summary>Instants and durations as the HTTP API takes and gives them.</summary>
public sealed class WireTimeTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("2999-01-01T00:00:00Z", "2999-01-01T00:00:00.000Z")]
    [InlineData("2999-01-01T00:00:00.123456789Z", "2999-01-01T00:00:00.124Z")]
    [InlineData("2999-01-01T00:00:00.123000000000Z", "2999-01-01T00:00:00.123Z")]
    [InlineData("2999-01-01T00:00:00.9999Z", "2999-01-01T00:00:01.000Z")]
    [InlineData("2999-01-01T00:00:00.1Z", "2999-01-01T00:00:00.100Z")]
    [InlineData("2998-12-31T23:59:60Z", "2999-01-01T00:00:00.000Z")]
    [InlineData("2998-12-31T23:59:60.5Z", "2999-01-01T00:00:00.500Z")]
    [InlineData("2999-01-01T12:30:00.000000001+12:30", "2999-01-01T00:00:00.001Z")]
    [InlineData("2998-12-31T19:00:00-05:00", "2999-01-01T00:00:00.000Z")]
    [InlineData("2999-01-01t00:00:00z", "2999-01-01T00:00:00.000Z")]
    public async Task An_instant_is_taken_with_any_fraction_and_rounded_up(string instant, string due)
    {
        var queue = await client.QueueAsync();
        (
            await client.SendAsync(HttpMethod.Post, $"{queue}/messages?enqueueAt={Uri.EscapeDataString(instant)}", new StringContent("a"))
        ).Status.ShouldBe(HttpStatusCode.Created);
        (await client.PostAsync(queue + "/messages/batch", $$"""{"messages":[{"body":"b","enqueueAt":"{{instant}}"}]}""")).Json["results"]![
            0
        ]!
            ["messageId"]
            .ShouldNotBeNull();
        (await client.GetAsync(queue + "/scheduled")).Json["messages"]!
            .AsArray()
            .Select(m => m!["visibleAt"]!.GetValue<string>())
            .ShouldBe([due, due]);
    }

    [Theory]
    [InlineData("2999-01-01T00:00:00.Z")]
    [InlineData("2999-01-01T00:00:61Z")]
    [InlineData("2999-01-01T24:00:00Z")]
    [InlineData("2999-02-29T00:00:00Z")]
    [InlineData("2999-01-01T00:00Z")]
    [InlineData("2999-01-01 00:00:00Z")]
    [InlineData("2999-01-01T00:00:00")]
    [InlineData("2999-01-01T00:00:00+1:00")]
    [InlineData("2999-01-01T00:00:00+0100")]
    [InlineData("2999-01-01T00:00:00+25:00")]
    [InlineData("2999-01-01T00:00:00,5Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("99990-01-01T00:00:00Z")]
    [InlineData("Z")]
    public async Task What_is_no_instant_is_refused(string instant)
    {
        var queue = await client.QueueAsync();
        (
            await client.SendAsync(HttpMethod.Post, $"{queue}/messages?enqueueAt={Uri.EscapeDataString(instant)}", new StringContent("a"))
        ).Fields.ShouldBe(["enqueueAt"]);
    }

    [Fact]
    public async Task Durations_have_up_to_three_digits_behind_the_point_wherever_seconds_stand()
    {
        var queue = await client.QueueAsync(
            """{"visibilityTimeoutSeconds":0.25,"messageTtlSeconds":1.5,"delaySeconds":0.001,"deduplicationWindowSeconds":2.125,"deadLetterTtlSeconds":1,"retryBackoff":{"initialSeconds":0.5,"maxSeconds":1.750}}"""
        );
        var settings = (await client.GetAsync(queue)).Json;
        foreach (
            var (name, value) in new[]
            {
                ("visibilityTimeoutSeconds", "0.25"),
                ("messageTtlSeconds", "1.5"),
                ("delaySeconds", "0.001"),
                ("deduplicationWindowSeconds", "2.125"),
                ("deadLetterTtlSeconds", "1"),
            }
        )
            settings[name]!.ToJsonString().ShouldBe(value);
        settings["retryBackoff"]!.ToJsonString().ShouldBe("""{"initialSeconds":0.5,"maxSeconds":1.75}""");
        (
            await client.PutAsync(
                queue,
                """{"visibilityTimeoutSeconds":30.000,"messageTtlSeconds":1000,"retryBackoff":{"initialSeconds":0,"maxSeconds":0}}"""
            )
        ).Json["visibilityTimeoutSeconds"]!
            .ToJsonString()
            .ShouldBe("30");
        await client.SendAsync(HttpMethod.Post, queue + "/messages?delaySeconds=0.05&ttlSeconds=100.5", new StringContent("a"));
        var message = (await client.DequeueAsync(queue, "?waitSeconds=19.999&visibilityTimeoutSeconds=60.5"))[0]!;
        (await client.SettleAsync(queue, "extend", message, ",\"visibilityTimeoutSeconds\":90.125")).ShouldBe("ok");
        (await client.SettleAsync(queue, "nack", message, ",\"delaySeconds\":3600.5")).ShouldBe("ok");
        var back = (await client.GetAsync(queue + "/scheduled")).Json["messages"]![0]!;
        DateTimeOffset
            .Parse(back["visibleAt"]!.GetValue<string>())
            .ShouldBeGreaterThan(DateTimeOffset.Parse(back["enqueuedAt"]!.GetValue<string>()).AddHours(1));
        foreach (
            var (bad, field) in new[]
            {
                ("""{"delaySeconds":1.0001}""", "delaySeconds"),
                ("""{"delaySeconds":1e1}""", "delaySeconds"),
                ("""{"delaySeconds":"1"}""", "delaySeconds"),
                ("""{"visibilityTimeoutSeconds":43200.001}""", "visibilityTimeoutSeconds"),
            }
        )
            (await client.PutAsync(queue, bad)).Fields.ShouldBe([field]);
    }

    [Fact]
    public async Task A_message_may_live_for_a_second()
    {
        var queue = await client.QueueAsync("""{"messageTtlSeconds":1,"onExpiry":"deadletter"}""");
        await client.EnqueueAsync(queue, "a");
        await client.SendAsync(HttpMethod.Post, queue + "/messages?ttlSeconds=1", new StringContent("b"));
        await Until.TrueAsync(
            async () =>
            {
                await client.DequeueAsync(queue, "?visibilityTimeoutSeconds=0");
                return (await client.CountsAsync(queue)).Contains("\"deadLettered\":2", StringComparison.Ordinal);
            },
            "both expire"
        );
    }
}
