namespace FuncQueue.App.Tests;

/// <summary>Redrive to another queue over HTTP.</summary>
public sealed class RedriveTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Theory]
    [InlineData("standard", "standard")]
    [InlineData("fifo", "fifo")]
    [InlineData("fifo", "standard")]
    public async Task Dead_letters_arrive_in_the_other_queue_as_new_messages_that_name_their_origin(string from, string to)
    {
        var (source, target) = (await client.QueueAsync($$"""{"type":"{{from}}"}"""), await client.QueueAsync($$"""{"type":"{{to}}"}"""));
        var ids = await DeadLettersAsync(source, 3);
        if (to == "fifo")
            await client.EnqueueInGroupAsync(target, "g", "before");
        else
            await client.EnqueueAsync(target, "before");
        var answer = await client.PostAsync(source + "/deadletter/redrive", $$"""{"to":"{{Name(target)}}"}""");
        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Json.ToJsonString().ShouldBe("""{"moved":3,"remaining":0}""");
        (await client.CountsAsync(source)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
        var arrived = await client.DequeueAsync(target, "?maxMessages=10");
        arrived
            .Select(m => m!["body"]!.GetValue<string>())
            .ShouldBe(["before", "dead 0", "dead 1", "dead 2"], ignoreOrder: to == "standard");
        var moved = arrived.Where(m => m!["originalMessageId"] is not null).ToList();
        moved.Select(m => m!["originalMessageId"]!.GetValue<string>()).ShouldBe(ids, ignoreOrder: true);
        moved.Select(m => m!["messageId"]!.GetValue<string>()).Intersect(ids).ShouldBeEmpty();
        moved.ShouldAllBe(m =>
            m!["deliveryCount"]!.GetValue<int>() == 1
            && m["deadLetterReason"] == null
            && m["attributes"]!["kind"]!.GetValue<string>() == "bad"
        );
        foreach (var message in arrived)
            (await client.SettleAsync(target, "ack", message!)).ShouldBe("ok");
    }

    [Fact]
    public async Task Only_those_named_or_as_many_as_asked_are_moved()
    {
        var (source, target) = (await client.QueueAsync(), await client.QueueAsync());
        var ids = await DeadLettersAsync(source, 4);
        (await client.PostAsync(source + "/deadletter/redrive", $$"""{"to":"{{Name(target)}}","messageIds":["{{ids[2]}}"]}"""))
            .Json.ToJsonString()
            .ShouldBe("""{"moved":1,"remaining":3}""");
        (await client.PostAsync(source + "/deadletter/redrive", $$"""{"to":"{{Name(target)}}","maxMessages":2}"""))
            .Json.ToJsonString()
            .ShouldBe("""{"moved":2,"remaining":1}""");
        (await client.DequeueAsync(target, "?maxMessages=10")).Count.ShouldBe(3);
        (await client.CountsAsync(source)).ShouldContain("\"deadLettered\":1");
    }

    [Fact]
    public async Task A_large_body_goes_along()
    {
        var (source, target) = (await client.QueueAsync(), await client.QueueAsync());
        var body = new byte[300_000];
        new Random(11).NextBytes(body);
        await client.EnqueueAsync(source, body, "image/png");
        await client.SettleAsync(source, "deadletter", (await client.DequeueAsync(source))[0]!);
        (await client.PostAsync(source + "/deadletter/redrive", $$"""{"to":"{{Name(target)}}"}""")).Json["moved"]!
            .GetValue<int>()
            .ShouldBe(1);
        var message = (await client.DequeueAsync(target))[0]!;
        var url = message["bodyUrl"]!.GetValue<string>();
        url.ShouldContain(target + "/");
        (await client.SendAsync(HttpMethod.Get, url)).Bytes.AsSpan().SequenceEqual(body).ShouldBeTrue();
    }

    [Fact]
    public async Task To_the_queue_itself_is_the_same_as_without_a_name()
    {
        var queue = await client.QueueAsync();
        await DeadLettersAsync(queue, 1);
        (await client.PostAsync(queue + "/deadletter/redrive", $$"""{"to":"{{Name(queue)}}"}"""))
            .Json.ToJsonString()
            .ShouldBe("""{"moved":1,"remaining":0}""");
        (await client.DequeueAsync(queue)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task To_a_queue_that_is_not_there_or_cannot_take_them_nothing_is_moved()
    {
        var (source, fifo) = (await client.QueueAsync(), await client.FifoAsync());
        await DeadLettersAsync(source, 1);
        var missing = await client.PostAsync(source + "/deadletter/redrive", """{"to":"nobody-made-this"}""");
        missing.Status.ShouldBe(HttpStatusCode.NotFound);
        missing.Code.ShouldBe("queue-not-found");
        missing.Json["detail"]!.GetValue<string>().ShouldContain("nobody-made-this");
        var unfit = await client.PostAsync(source + "/deadletter/redrive", $$"""{"to":"{{Name(fifo)}}"}""");
        unfit.Status.ShouldBe(HttpStatusCode.Conflict);
        unfit.Code.ShouldBe("queue-type-mismatch");
        foreach (var bad in new[] { "\"\"", "\"a b\"", "\"a..b\"", "5" })
            (await client.PostAsync(source + "/deadletter/redrive", $$"""{"to":{{bad}}}""")).Fields.Distinct().ShouldBe(["to"], bad);
        (await client.CountsAsync(source)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":1}""");
    }

    /// <summary>Dead letters, in one group where the queue has groups; their ids.</summary>
    private async Task<List<string>> DeadLettersAsync(string queue, int count)
    {
        var fifo = (await client.GetAsync(queue)).Json["type"]!.GetValue<string>() == "fifo";
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var answer = await client.SendAsync(
                HttpMethod.Post,
                $"{queue}/messages{(fifo ? "?groupId=g" : "")}",
                new StringContent($"dead {i}"),
                ("x-attribute-kind", "bad")
            );
            ids.Add(answer.Json["messageId"]!.GetValue<string>());
            (await client.SettleAsync(queue, "deadletter", (await client.DequeueAsync(queue))[0]!)).ShouldBe("ok");
        }

        return ids;
    }

    private static string Name(string queue) => queue["/queues/".Length..];
}
