using static FuncQueue.App.Tests.Topics.TopicClient;

namespace FuncQueue.App.Tests.Topics;

/// <summary>Groups over real HTTP.</summary>
public sealed class GroupReadTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task A_group_reads_commits_and_goes_on_and_another_reads_the_same()
    {
        var topic = await client.TopicAsync("""{"partitions":1}""");
        foreach (var body in new[] { "a", "b", "c" })
            await client.PublishAsync(topic, body);
        var read = await ReadAsync(topic, "one", """{"member":"ann","from":"earliest","maxRecords":2}""");
        BodiesOf(read).ShouldBe(["a", "b"]);
        read["records"]![0]!["partition"]!.GetValue<int>().ShouldBe(0);
        read["assigned"]!.ToJsonString().ShouldBe("[0]");
        read["tokens"]![0]!["nextOffset"]!.GetValue<long>().ShouldBe(2);
        var token = read["tokens"]![0]!["token"]!.GetValue<string>();
        var next = await ReadAsync(topic, "one", $$"""{"member":"ann","commit":["{{token}}","made-up"],"after":["{{token}}"]}""");
        BodiesOf(next).ShouldBe(["c"]);
        next["committed"]!.ToJsonString().ShouldBe("""[{"status":"ok"},{"status":"malformed-token"}]""");
        next["after"]!.ToJsonString().ShouldBe("""[{"status":"ok"}]""");
        BodiesOf(await ReadAsync(topic, "two", """{"member":"ann","from":"earliest"}""")).ShouldBe(["a", "b", "c"]);
        var group = (await client.GetAsync(topic + "/groups/one")).Json;
        group["lag"]!.GetValue<long>().ShouldBe(1);
        group["members"]![0]!["member"]!.GetValue<string>().ShouldBe("ann");
        (await client.GetAsync(topic + "/groups")).Json["groups"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_leaves_is_fenced_and_a_seek_brings_the_past_again()
    {
        var topic = await client.TopicAsync("""{"partitions":1}""");
        await client.PublishAsync(topic, "a");
        var token = (await ReadAsync(topic, "g", """{"member":"ann","from":"earliest"}"""))["tokens"]![0]!["token"]!.GetValue<string>();
        (await CommitAsync(topic, token)).ShouldBe("ok");
        (await client.PostAsync(topic + "/groups/g/leave", """{"member":"ann"}""")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await CommitAsync(topic, token)).ShouldBe("fenced");
        BodiesOf(await ReadAsync(topic, "g", """{"member":"bob"}""")).ShouldBeEmpty();
        (await client.PostAsync(topic + "/groups/g/seek", """{"to":{"offsets":{"0":0}}}""")).Status.ShouldBe(HttpStatusCode.NoContent);
        BodiesOf(await ReadAsync(topic, "g", """{"member":"bob"}""")).ShouldBe(["a"]);
        (await client.DeleteAsync(topic + "/groups/g")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await client.DeleteAsync(topic + "/groups/g")).Code.ShouldBe("group-not-found");
    }

    [Fact]
    public async Task A_member_that_waits_gets_what_is_published_then()
    {
        var topic = await client.TopicAsync("""{"partitions":2}""");
        await ReadAsync(topic, "g", """{"member":"ann"}""");
        var waits = ReadAsync(topic, "g", """{"member":"ann","waitSeconds":20}""");
        await client.PublishAsync(topic, "a");
        BodiesOf(await waits).ShouldBe(["a"]);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_refused_with_every_fault()
    {
        var topic = await client.TopicAsync();
        (
            await client.PostAsync(
                topic + "/groups/no group/read",
                """{"maxRecords":0,"maxBytes":0,"waitSeconds":9,"leaseSeconds":9,"from":"now","commit":[1],"after":{},"colour":1}"""
            )
        ).Fields.ShouldBe(
            ["group", "member", "maxRecords", "maxBytes", "leaseSeconds", "leaseSeconds", "from", "commit[0]", "after", "colour"],
            ignoreOrder: true
        );
        (await client.PostAsync(topic + "/groups/g/read", """{"member":"a b","from":{"at":"then"}}""")).Fields.ShouldBe(
            ["member", "from.at"],
            ignoreOrder: true
        );
        (await client.PostAsync(topic + "/groups/g/commit", """{"tokens":[]}""")).Fields.ShouldBe(["tokens"]);
        (await client.PostAsync(topic + "/groups/g/leave", "{}")).Fields.ShouldBe(["member"]);
        (await client.PostAsync(topic + "/groups/g/seek", """{"to":"then"}""")).Fields.ShouldBe(["to"]);
        (await client.PostAsync(topic + "/groups/g/commit", """{"tokens":["x"]}""")).Code.ShouldBe("group-not-found");
        (await client.GetAsync(topic + "/groups/g")).Code.ShouldBe("group-not-found");
        (await client.PostAsync("/topics/not-there/groups/g/read", """{"member":"a"}""")).Code.ShouldBe("topic-not-found");
    }

    private static IReadOnlyList<string> BodiesOf(JsonNode read) =>
        [.. read["records"]!.AsArray().Select(r => r!["body"]!.GetValue<string>())];

    private async Task<JsonNode> ReadAsync(string topic, string group, string request)
    {
        var answer = await client.PostAsync($"{topic}/groups/{group}/read", request);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json;
    }

    private async Task<string> CommitAsync(string topic, string token)
    {
        var answer = await client.PostAsync(topic + "/groups/g/commit", $$"""{"tokens":["{{token}}"]}""");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        return answer.Json["results"]![0]!["status"]!.GetValue<string>();
    }
}
