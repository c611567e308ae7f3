namespace FuncQueue.App.Tests;

/// <summary>Schedules, times to live, priorities and backoffs, as told and kept over HTTP.</summary>
public sealed class TimingTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("delaySeconds=31536000")]
    [InlineData("enqueueAt=2999-12-31T23:59:59.999Z")]
    public async Task The_longest_schedules_are_taken_to_the_millisecond(string query)
    {
        var queue = await client.QueueAsync();
        var answer = await client.PostAsync($"{queue}/messages?{query}");
        answer.Status.ShouldBe(HttpStatusCode.Created);
        var waiting = (await client.GetAsync(queue + "/scheduled")).Json["messages"]!.AsArray().ShouldHaveSingleItem()!;
        var due = query.StartsWith("delay", StringComparison.Ordinal)
            ? answer.Json["enqueuedAt"]!.GetValue<DateTimeOffset>() + TimeSpan.FromDays(365)
            : new DateTimeOffset(2999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);
        waiting["visibleAt"]!.GetValue<DateTimeOffset>().ShouldBe(due, TimeSpan.FromMilliseconds(1));
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_waiting_consumer_gets_a_scheduled_message_when_it_is_due_and_not_before()
    {
        var queue = await client.QueueAsync();
        await client.PostAsync(queue + "/messages?delaySeconds=2");
        var message = (await client.DequeueAsync(queue, "?waitSeconds=20&visibilityTimeoutSeconds=600")).ShouldHaveSingleItem()!;
        // The lease begins with the delivery: not before the message was due.
        var delivered = message["visibleAt"]!.GetValue<DateTimeOffset>() - TimeSpan.FromSeconds(600);
        delivered.ShouldBeGreaterThanOrEqualTo(message["enqueuedAt"]!.GetValue<DateTimeOffset>() + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task The_delay_of_the_queue_holds_for_messages_that_name_none()
    {
        var queue = await client.QueueAsync("""{"delaySeconds":3600}""");
        await client.PostAsync(
            queue + "/messages/batch",
            """{"messages":[{"body":"queue's"},{"body":"own","delaySeconds":0},{"body":"instant","enqueueAt":"2020-01-01T00:00:00Z"}]}"""
        );
        (await client.DequeueAsync(queue, "?maxMessages=10"))
            .Select(m => m!["body"]!.GetValue<string>())
            .ShouldBe(["own", "instant"], ignoreOrder: true);
        (await client.CountsAsync(queue)).ShouldContain("\"scheduled\":1");
    }

    [Fact]
    public async Task Higher_priorities_come_first_and_are_told()
    {
        var queue = await client.QueueAsync();
        foreach (var priority in new[] { 0, 5, 9, 1 })
            await client.PostAsync($"{queue}/messages?priority={priority}");
        var seen = new List<int?>();
        for (var i = 0; i < 4; i++)
            seen.Add((await client.DequeueAsync(queue))[0]!["priority"]?.GetValue<int>());
        seen.ShouldBe([9, 5, 1, null]);
    }

    [Fact]
    public async Task A_nack_without_a_delay_waits_as_the_queue_says_longer_each_time_and_with_one_as_it_says_itself()
    {
        var queue = await client.QueueAsync("""{"retryBackoff":{"initialSeconds":1000,"maxSeconds":3000},"maxDeliveryCount":null}""");
        await client.EnqueueAsync(queue, "x");
        (await client.SettleAsync(queue, "nack", (await client.DequeueAsync(queue))[0]!)).ShouldBe("ok");
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
        var waiting = (await client.GetAsync(queue + "/scheduled")).Json["messages"]![0]!;
        waiting["deliveryCount"]!.GetValue<int>().ShouldBe(1);
        // At least four fifths of it, from an instant after the enqueue on.
        (
            waiting["visibleAt"]!.GetValue<DateTimeOffset>() - waiting["enqueuedAt"]!.GetValue<DateTimeOffset>()
        ).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(800));

        var own = await client.QueueAsync("""{"retryBackoff":{"initialSeconds":1000,"maxSeconds":3000}}""");
        await client.EnqueueAsync(own, "y");
        (await client.SettleAsync(own, "nack", (await client.DequeueAsync(own))[0]!, ""","delaySeconds":0""")).ShouldBe("ok");
        (await client.DequeueAsync(own))[0]!["deliveryCount"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task The_settings_of_time_are_told_as_they_were_set()
    {
        var queue = await client.QueueAsync(
            """{"messageTtlSeconds":60,"onExpiry":"deadletter","delaySeconds":31536000,"deduplicationWindowSeconds":604800,"deadLetterTtlSeconds":31536000,"retryBackoff":{"initialSeconds":1,"maxSeconds":43200}}"""
        );
        var settings = (await client.GetAsync(queue)).Json;
        settings["messageTtlSeconds"]!.GetValue<int>().ShouldBe(60);
        settings["onExpiry"]!.GetValue<string>().ShouldBe("deadletter");
        settings["delaySeconds"]!.GetValue<int>().ShouldBe(31_536_000);
        settings["deduplicationWindowSeconds"]!.GetValue<int>().ShouldBe(604_800);
        settings["deadLetterTtlSeconds"]!.GetValue<int>().ShouldBe(31_536_000);
        settings["retryBackoff"]!.ToJsonString().ShouldBe("""{"initialSeconds":1,"maxSeconds":43200}""");
        (await client.PutAsync(queue, """{"retryBackoff":{"initialSeconds":60,"maxSeconds":30}}""")).Fields.ShouldBe([
            "retryBackoff.maxSeconds",
        ]);
    }
}
