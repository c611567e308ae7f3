using static FuncQueue.App.Tests.Topics.TopicClient;

namespace FuncQueue.App.Tests.Topics;

/// <summary>Subscriptions over real HTTP: what is routed arrives, and what is asked wrongly is refused.</summary>
public sealed class SubscriptionTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task A_record_arrives_once_in_each_queue_whose_filters_match_and_says_where_it_comes_from()
    {
        var (topic, europe, all, none) = (
            await client.TopicAsync("""{"partitions":1}"""),
            await client.QueueAsync(),
            await client.QueueAsync(),
            await client.QueueAsync()
        );
        await client.SubscribeAsync(topic, europe, """[{"routingKey":["eu.#"]}]""");
        await client.SubscribeAsync(topic, all);
        await client.SubscribeAsync(topic, none, """[{"attributes":{"colour":["blue"]}}]""");
        var published = await client.PublishAsync(topic, "hello", "?routingKey=eu.created&key=k");
        published["matched"]!.GetValue<int>().ShouldBe(2);
        var message = (await client.DequeueAsync(europe, "?waitSeconds=20")).ShouldHaveSingleItem()!;
        message["body"]!.GetValue<string>().ShouldBe("hello");
        message["source"]!
            .ToJsonString()
            .ShouldBe($$"""{"topic":"{{NameOf(topic)}}","partition":0,"offset":0,"routingKey":"eu.created"}""");
        (await client.ReceiveAsync(all, 1)).ShouldBe(["hello"]);
        (await client.DequeueAsync(none)).ShouldBeEmpty();
        (await client.GetAsync(europe)).Json["subscriptions"]!.ToJsonString().ShouldContain(NameOf(topic));
    }

    [Fact]
    public async Task A_FIFO_queue_gets_the_records_of_each_key_in_order()
    {
        var (topic, queue) = (await client.TopicAsync(), await client.FifoAsync("""{"type":"fifo","shards":3}"""));
        await client.SubscribeAsync(topic, queue);
        for (var i = 0; i < 12; i++)
            await client.PublishAsync(topic, $"{i % 3}-{i / 3}", $"?key=k{i % 3}");
        var bodies = await client.ReceiveAsync(queue, 12);
        foreach (var key in new[] { "0", "1", "2" })
            bodies.Where(b => b.StartsWith(key, StringComparison.Ordinal)).ShouldBe([$"{key}-0", $"{key}-1", $"{key}-2", $"{key}-3"]);
    }

    [Fact]
    public async Task Filters_of_several_change_as_one_and_a_seek_brings_the_past_again()
    {
        var (topic, a, b) = (await client.TopicAsync("""{"partitions":1}"""), await client.QueueAsync(), await client.QueueAsync());
        await client.SubscribeAsync(topic, a, """[{"routingKey":["x"]}]""");
        await client.SubscribeAsync(topic, b, """[{"routingKey":["y"]}]""");
        await client.PublishAsync(topic, "1", "?routingKey=x");
        (await client.ReceiveAsync(a, 1)).ShouldBe(["1"]);
        var swapped = await client.SendAsync(
            HttpMethod.Patch,
            topic + "/subscriptions",
            ApiClient.Json(
                $$$"""{"{{{NameOf(a)}}}":{"filters":[{"routingKey":["y"]}]},"{{{NameOf(b)}}}":{"filters":[{"routingKey":["x"]}]}}"""
            )
        );
        swapped.Status.ShouldBe(HttpStatusCode.OK, swapped.Text);
        await client.PublishAsync(topic, "2", "?routingKey=x");
        (await client.ReceiveAsync(b, 1)).ShouldBe(["2"]);
        (await client.PostAsync($"{topic}/subscriptions/{NameOf(b)}/seek", """{"to":"earliest"}""")).Status.ShouldBe(
            HttpStatusCode.NoContent
        );
        (await client.ReceiveAsync(b, 2)).ShouldBe(["1", "2"]);
        await Until.TrueAsync(
            async () => (await client.GetAsync($"{topic}/subscriptions/{NameOf(b)}")).Json["lag"]!.GetValue<long>() == 0,
            "all has arrived"
        );
    }

    [Fact]
    public async Task What_is_there_already_is_taken_from_the_beginning_if_asked()
    {
        var (topic, queue) = (await client.TopicAsync("""{"partitions":1}"""), await client.QueueAsync());
        await client.PublishAsync(topic, "old");
        await client.SubscribeAsync(topic, queue, "[]", ""","from":"earliest" """);
        await client.PublishAsync(topic, "new");
        (await client.ReceiveAsync(queue, 2)).ShouldBe(["old", "new"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_nobody_takes_goes_to_the_alternate_queue()
    {
        var (lost, queue) = (await client.QueueAsync(), await client.QueueAsync());
        var topic = await client.TopicAsync($$"""{"alternateQueue":"{{NameOf(lost)}}"}""");
        await client.SubscribeAsync(topic, queue, """[{"routingKey":["known"]}]""");
        (await client.PublishAsync(topic, "unknown", "?routingKey=other&mandatory=true"))["matched"]!.GetValue<int>().ShouldBe(0);
        (await client.ReceiveAsync(lost, 1)).ShouldBe(["unknown"]);
        (await client.DequeueAsync(queue)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dry_run_tells_who_would_take_a_record_and_why_the_others_would_not()
    {
        var (topic, a, b) = (await client.TopicAsync(), await client.QueueAsync(), await client.QueueAsync());
        await client.SubscribeAsync(topic, a, """[{"body":{"customer":{"country":["DE"]}}}]""");
        await client.SubscribeAsync(topic, b, """[{"attributes":{"colour":[{"prefix":"b"}]}}]""");
        var answer = await client.PostAsync(
            topic + "/match",
            """{"body":"{\"customer\":{\"country\":\"DE\"}}","attributes":{"colour":"red"}}"""
        );
        answer.Json["matched"]!.GetValue<int>().ShouldBe(1);
        var verdicts = answer.Json["subscriptions"]!.AsArray().ToDictionary(s => s!["name"]!.GetValue<string>(), s => s!);
        verdicts[NameOf(a)]["matched"]!.GetValue<bool>().ShouldBeTrue();
        verdicts[NameOf(b)]["failed"]!["field"]!.GetValue<string>().ShouldBe("filters[0].attributes.colour");
        (await client.GetAsync(topic)).Json["offsets"]!.AsArray().Sum(o => o!["nextOffset"]!.GetValue<long>()).ShouldBe(0);
    }

    [Fact]
    public async Task A_topic_takes_what_another_forwards_and_routes_it_anew_and_a_circle_is_refused()
    {
        var (topic, other, queue) = (await client.TopicAsync(), await client.TopicAsync("""{"partitions":1}"""), await client.QueueAsync());
        await client.SubscribeAsync(other, queue, """[{"routingKey":["eu.#"]}]""");
        var own = topic + "/subscriptions/audit";
        var made = await client.PutAsync(own, $$"""{"topic":"{{NameOf(other)}}"}""");
        made.Status.ShouldBe(HttpStatusCode.Created);
        made.Json["topic"]!.GetValue<string>().ShouldBe(NameOf(other));
        (await client.PutAsync(other + "/subscriptions/back", $$"""{"topic":"{{NameOf(topic)}}"}""")).Code.ShouldBe("subscription-cycle");
        (await client.PutAsync(topic + "/subscriptions/self", $$"""{"topic":"{{NameOf(topic)}}"}""")).Code.ShouldBe("subscription-cycle");
        (await client.PutAsync(topic + "/subscriptions/missing", """{"topic":"not-there"}""")).Code.ShouldBe("topic-not-found");
        (await client.PublishAsync(topic, "a", "?routingKey=eu.x"))["matched"]!.GetValue<int>().ShouldBe(1);
        (await client.DequeueAsync(queue, "?waitSeconds=20")).ShouldHaveSingleItem()!["source"]!
            .ToJsonString()
            .ShouldBe($$"""{"topic":"{{NameOf(other)}}","partition":0,"offset":0,"routingKey":"eu.x"}""");
        (await client.DeleteAsync(own)).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task What_a_subscription_cannot_be_is_refused_with_every_fault_and_nothing_is_half_done()
    {
        var (topic, queue, other) = (await client.TopicAsync(), await client.QueueAsync(), await client.QueueAsync());
        var own = topic + "/subscriptions/s";
        (await client.PutAsync(own, """{"queue":"no queue","topic":"x","from":"then","colour":1}""")).Fields.ShouldBe(
            ["colour", "queue", "from"],
            ignoreOrder: true
        );
        (
            await client.PutAsync(
                own,
                $$$$"""{"queue":"{{{{NameOf(queue)}}}}","filters":[{"routingKey":"x","colour":[1]},{"attributes":{"a":[{"numeric":["<"]}]}}]}"""
            )
        ).Fields.ShouldBe(["filters[0].colour", "filters[1].attributes.a[0].numeric"], ignoreOrder: true);
        (await client.PutAsync(own, """{"queue":"not-there"}""")).Code.ShouldBe("queue-not-found");
        (await client.PutAsync("/topics/not-there/subscriptions/s", $$"""{"queue":"{{NameOf(queue)}}"}""")).Code.ShouldBe(
            "topic-not-found"
        );
        (await client.GetAsync(own)).Code.ShouldBe("subscription-not-found");
        (await client.GetAsync(topic + "/subscriptions")).Json["subscriptions"]!.AsArray().ShouldBeEmpty();
        (await client.PutAsync(own, $$"""{"queue":"{{NameOf(queue)}}"}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await client.PutAsync(topic + "/subscriptions/t", $$"""{"queue":"{{NameOf(queue)}}"}""")).Code.ShouldBe("already-subscribed");
        (await client.PutAsync(own, $$"""{"queue":"{{NameOf(other)}}"}""")).Code.ShouldBe("target-fixed");
        (await client.DeleteAsync(own)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await client.DeleteAsync(own)).Code.ShouldBe("subscription-not-found");
    }
}
